#!/bin/sh
[ "$1 $2" = "--for dev" ] || exit 1
printf '{"Version": 1, "AccessKeyId": "AKIDPROCESS", "SecretAccessKey": "secret-of-AKIDPROCESS"}'
