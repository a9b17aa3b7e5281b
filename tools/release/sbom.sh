#!/usr/bin/env bash
# Writes the bill of materials (CycloneDX, JSON) of a packed tarball: what a user's `npm install` of it brings.
# Usage: tools/release/sbom.sh opentelemetry-databricks-sql-0.1.0.tgz sbom.cdx.json
set -euo pipefail
tarball=$(realpath "${1:?the tarball is missing}")
output=$(realpath "${2:?the name of the output is missing}")

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --ignore-scripts --no-audit --no-fund --omit=dev --omit=optional "$tarball" >/dev/null
npm sbom --sbom-format=cyclonedx --omit=dev --omit=optional >"$output"
