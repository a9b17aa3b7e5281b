import assert from 'node:assert/strict';
import { TAG_TABLE } from '../../src/tags/index.js';
import { INSTRUMENTATION_SCOPE } from '../../src/version.js';
import type { LocalDatabricks } from '../../test/support/local-databricks/index.js';
import type { OtlpReceiver } from '../../test/support/otlp-receiver.js';

/** Nothing that is for Databricks alone came to the user's backend, and no SQL to Databricks. */
export function checkSeparation(
  db: LocalDatabricks,
  receiver: OtlpReceiver,
  statements: readonly string[],
): void {
  const tags = receiver.spans
    .filter(({ scope }) => scope === INSTRUMENTATION_SCOPE)
    .flatMap(({ attributes }) => Object.keys(attributes));
  const misplaced = tags.filter((tag) => TAG_TABLE.get(tag)?.scope === 'exportDatabricks');
  assert.deepEqual([...new Set(misplaced)], [], "Databricks-only tags at the user's backend");
  const bodies = db.telemetry.requests.map(({ body }) => body.toString()).join('\n');
  for (const statement of statements) {
    assert.ok(!bodies.includes(JSON.stringify(statement).slice(1, -1)), 'SQL at Databricks');
  }
}
