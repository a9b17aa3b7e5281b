import { writeFileSync } from 'node:fs';
import { collectorConfig } from './collectorConfig.js';

writeFileSync(
  new URL('../docs/collector/opentelemetry-databricks-sql.yml', import.meta.url),
  collectorConfig(),
);
