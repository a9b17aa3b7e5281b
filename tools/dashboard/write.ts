import { writeFileSync } from 'node:fs';
import { dashboardJson } from './dashboard.js';

const file = 'docs/dashboards/opentelemetry-databricks-sql.json';
writeFileSync(new URL(`../../${file}`, import.meta.url), dashboardJson());
process.stdout.write(`${file}\n`);
