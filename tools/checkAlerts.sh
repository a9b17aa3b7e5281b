#!/usr/bin/env bash
# Checks the alert rules of docs/alerts and runs their tests with promtool. Installs promtool from Debian's
# prometheus package where it is missing and that can be done.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../docs/alerts"

if ! command -v promtool >/dev/null; then
  if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
    echo 'checkAlerts: promtool is missing. Install it: apt-get install prometheus (as root)' >&2
    exit 1
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus >/dev/null
fi

promtool check rules ./*.rules.yml
promtool test rules ./*.test.yml
