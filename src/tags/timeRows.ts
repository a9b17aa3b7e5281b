import type { LocalTag } from './definition.js';
import { Tag } from './names.js';

const time = (name: string, description: string): LocalTag => ({
  name,
  scope: 'exportLocal',
  kind: 'integer',
  on: 'operation',
  description,
});

/** Where the time of a statement went. Each millisecond of its span is in exactly one of these. */
export const TIME_ROWS: readonly LocalTag[] = [
  time(
    Tag.timeQueuedMs,
    'Milliseconds in which the application waited and the server said that the statement is pending.',
  ),
  time(
    Tag.timeRunningMs,
    'The same, while the server said that it runs; the request that starts it included, unless the server says otherwise.',
  ),
  time(
    Tag.timeFetchingMs,
    'The application waited for a request for rows or metadata, or for the one that closes or cancels.',
  ),
  time(
    Tag.timeDownloadingMs,
    'The application waited, and only CloudFetch files, or the file of a volume, were on their way.',
  ),
  time(
    Tag.timeRetryingMs,
    'The application waited, and an attempt that failed, or the back-off after it, was under way.',
  ),
  time(
    Tag.timeDriverMs,
    'The application waited, and nothing was on its way: the driver decoded, decompressed, or had not asked yet.',
  ),
  time(Tag.timeApplicationMs, 'No call of the driver was open: the application did something else.'),
  time(Tag.timeUnseenMs, 'The application waited, and the backend does not show what for (kernel backend).'),
  {
    name: Tag.downloadBytesPerSecond,
    scope: 'exportLocal',
    kind: 'integer',
    on: 'operation',
    description:
      'Bytes of CloudFetch files per second of the time in which at least one of them was on its way.',
  },
];
