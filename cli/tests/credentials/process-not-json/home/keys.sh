#!/bin/sh
echo AKIDPROCESS secret-of-AKIDPROCESS
