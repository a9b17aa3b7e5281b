import {
  AT_CODE,
  BACKSLASH_CODE,
  BACKTICK_CODE,
  COLON_CODE,
  codeAt,
  DOT_CODE,
  kindOf,
  LETTER,
  SLASH_CODE,
  SPACE,
  TILDE_CODE,
} from './characters.js';
import { keywordAt, keywords } from './keywords.js';

/** Sources that read a path behind a dot: csv.`…`. A schema of such a name cannot be told apart. */
const FORMAT_NAMES =
  'CSV JSON TEXT PARQUET ORC AVRO XML DELTA ICEBERG HUDI BINARYFILE IMAGE LIBSVM EXCEL PROTOBUF DELTASHARING ' +
  'CLOUDFILES JDBC';
const FILE_FORMATS = keywords(FORMAT_NAMES);
/** One bit per letter that a format begins with: most catalogs begin with another, and are not looked up. */
const FIRST_LETTERS = FORMAT_NAMES.split(' ').reduce((bits, name) => bits | letterBit(name.charCodeAt(0)), 0);

function letterBit(code: number): number {
  return 1 << (code & 31);
}

/** Whether the part of a name between the two indices is a file format: a word, or a name in backticks. */
export function isFileFormat(sql: string, start: number, end: number): boolean {
  const first = codeAt(sql, start);
  if (first !== BACKTICK_CODE) {
    if ((FIRST_LETTERS & letterBit(first)) === 0) {
      return false;
    }
    const word = keywordAt(sql, start, end);
    return word !== '' && FILE_FORMATS.has(word);
  }
  // A class name is allowed too: `org.apache.spark.sql.parquet`.
  const quoted = sql.slice(start + 1, end - 1);
  const name = quoted.slice(quoted.lastIndexOf('.') + 1).trim();
  return FILE_FORMATS.has(keywordAt(name, 0, name.length));
}

/**
 * Whether what stands in backticks is a value rather than a name, wherever it stands: a path, or somebody's
 * address. Only what no sensible name looks like: `price/unit` and `@timestamp` are names.
 */
export function isValueInBackticks(sql: string, start: number, end: number): boolean {
  if (looksLikePath(sql, start + 1)) {
    return true;
  }
  for (let i = start + 2; i < end; i++) {
    const code = codeAt(sql, i);
    if (code === COLON_CODE && codeAt(sql, i + 1) === SLASH_CODE) {
      return true;
    }
    if (code === AT_CODE && i < end - 2) {
      return true;
    }
  }
  return false;
}

/** `/a`, ` /a`, `./a`, `../a`, `~/a`, `\\a`, `C:\a`. */
function looksLikePath(sql: string, start: number): boolean {
  let i = start;
  while (kindOf(codeAt(sql, i)) === SPACE) {
    i++;
  }
  const code = codeAt(sql, i);
  if (code === SLASH_CODE || code === BACKSLASH_CODE) {
    return true;
  }
  if (code === TILDE_CODE || code === DOT_CODE) {
    const next = codeAt(sql, i + 1) === DOT_CODE ? codeAt(sql, i + 2) : codeAt(sql, i + 1);
    return next === SLASH_CODE || next === BACKSLASH_CODE;
  }
  return (
    kindOf(code) === LETTER && codeAt(sql, i + 1) === COLON_CODE && codeAt(sql, i + 2) === BACKSLASH_CODE
  );
}
