import { VERSION } from '../version.js';
import type { Fact } from './model.js';

/** What is known of versions without asking anybody. */
export function versionFacts(): readonly Fact[] {
  return [
    { name: 'opentelemetry-databricks-sql', value: VERSION },
    { name: 'Node.js', value: process.version },
  ];
}
