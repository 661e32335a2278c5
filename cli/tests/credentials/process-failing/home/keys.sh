#!/bin/sh
echo "the vault is sealed" >&2
exit 7
