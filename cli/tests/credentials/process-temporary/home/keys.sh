#!/bin/sh
printf '{"Version": 1, "AccessKeyId": "AKIDTEMPORARY", "SecretAccessKey": "secret-of-AKIDTEMPORARY", "SessionToken": "token-of-AKIDTEMPORARY", "Expiration": "2099-01-01T00:00:00Z"}'
