import { codeAt } from './characters.js';
import { isWord } from './words.js';

// Every word that means something to the sanitizer or the summary.
const STATEMENTS =
  'SELECT WITH VALUES TABLE FROM SHOW DESCRIBE DESC EXPLAIN MAP REDUCE INSERT UPDATE DELETE MERGE COPY TRUNCATE ' +
  'LOAD CREATE ALTER DROP REPLACE UNDROP COMMENT CLEAR ANALYZE MSCK FSCK REPAIR SYNC USE SET UNSET CALL EXECUTE ' +
  'OPTIMIZE VACUUM CACHE UNCACHE REFRESH RESTORE REORG CONVERT GRANT REVOKE DENY COMMIT ROLLBACK RESET DECLARE ' +
  'PUT GET REMOVE LIST ADD KILL GENERATE APPLY START BEGIN RETURN EXPORT IMPORT LOCK UNLOCK DFS';
const KINDS =
  'VIEW HISTORY DETAIL SCHEMA DATABASE NAMESPACE CATALOG FUNCTION PROCEDURE VOLUME SHARE CONNECTION LOCATION ' +
  'CREDENTIAL INDEX POLICY SERVER MODEL FLOW ROOM METADATA COLUMN USER GROUP ROLE RECIPIENT PROVIDER QUERY ' +
  'VARIABLE IMMEDIATE TAG DATA CHANGES';
const MODIFIERS =
  'MATERIALIZED STREAMING EXTERNAL FOREIGN STORAGE SERVICE BLOOMFILTER ONLINE METRIC CLEAN LIVE OR TEMPORARY TEMP ' +
  'GLOBAL LAZY PRIVATE IF NOT EXISTS EXTENDED FORMATTED CODEGEN COST LOGICAL SHALLOW DEEP LOCAL ATOMIC WORK ' +
  'TRANSACTION EVOLUTION VAR VARIABLES DELTA';
const SHOWN =
  'TABLES VIEWS SCHEMAS DATABASES NAMESPACES CATALOGS COLUMNS FUNCTIONS PROCEDURES PARTITIONS TBLPROPERTIES GRANTS ' +
  'VOLUMES SHARES RECIPIENTS PROVIDERS CONNECTIONS LOCATIONS CREDENTIALS GROUPS USERS ROLES CURRENT SYSTEM ALL ' +
  'DROPPED POLICIES EFFECTIVE MODELS INDEXES';
const CLAUSES =
  'WHERE HAVING ORDER LIMIT OFFSET UNION INTERSECT EXCEPT MINUS WINDOW QUALIFY SORT CLUSTER DISTRIBUTE PARTITION ' +
  'JOIN LEFT RIGHT INNER CROSS NATURAL FULL SEMI ANTI OUTER ON USING INTO OVERWRITE LIKE CLONE AS BY WHEN THEN ' +
  'ELSE ELSEIF END CASE DO LOOP WHILE REPEAT UNTIL FOR HANDLER IN TO IS AND ILIKE RLIKE REGEXP BETWEEN DIV ESCAPE ' +
  'ASC NULLS DISTINCT LATERAL STREAM IDENTIFIER RECURSIVE ANY FILE ANONYMOUS METASTORE AUTO CDC TABLESAMPLE PIVOT ' +
  'UNPIVOT VERSION TIMESTAMP EXTEND AGGREGATE DIRECTORY NULL';
const VALUE_PLACES =
  'OWNER PRINCIPAL RENAME PROPERTIES DBPROPERTIES SERDEPROPERTIES TAGS OPTIONS FORMAT_OPTIONS COPY_OPTIONS ' +
  'ENCRYPTION ENVIRONMENT FILES JAR JARS ARCHIVE ARCHIVES INPATH URL TIME ZONE INTERVAL COLLATION DIAGNOSTICS ' +
  'STACKED ID CHANGE DRY';
const FORMATS =
  'CSV JSON TEXT PARQUET ORC AVRO XML ICEBERG HUDI BINARYFILE IMAGE LIBSVM EXCEL PROTOBUF DELTASHARING CLOUDFILES JDBC';

/** A known word in upper case, or '' for any other. */
export type Keyword =
  | ''
  | Words<typeof STATEMENTS>
  | Words<typeof KINDS>
  | Words<typeof MODIFIERS>
  | Words<typeof SHOWN>
  | Words<typeof CLAUSES>
  | Words<typeof VALUE_PLACES>
  | Words<typeof FORMATS>;
type Words<List extends string, Found extends string = never> = List extends `${infer Word} ${infer Rest}`
  ? Words<Rest, Found | Word>
  : Found | List;

const SLOTS = 2048;
const SLOT_MASK = SLOTS - 1;
const ALL_WORDS = [STATEMENTS, KINDS, MODIFIERS, SHOWN, CLAUSES, VALUE_PLACES, FORMATS]
  .join(' ')
  .split(' ') as Keyword[];
const LONGEST = ALL_WORDS.reduce((longest, word) => Math.max(longest, word.length), 0);
const TABLE = hashTable(ALL_WORDS);

/** The keyword between the two indices. Makes no string: the words are looked up in a hash table. */
export function keywordAt(sql: string, start: number, end: number): Keyword {
  if (end - start > LONGEST) {
    return '';
  }
  for (let slot = slotOf(sql, start, end); ; slot = (slot + 1) & SLOT_MASK) {
    const word = TABLE[slot];
    if (word === undefined || word === '') {
      return '';
    }
    if (isWord(sql, start, end, word)) {
      return word;
    }
  }
}

/** A set of keywords, of a list with blanks between. */
export function keywords<const List extends string>(
  list: Words<List> extends Keyword ? List : never,
): ReadonlySet<Keyword> {
  return new Set(list.split(' ') as Keyword[]);
}

function slotOf(sql: string, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) {
    hash = (Math.imul(hash, 31) + (codeAt(sql, i) | 0x20)) | 0;
  }
  return (hash ^ (hash >>> 11)) & SLOT_MASK;
}

function hashTable(words: readonly Keyword[]): readonly Keyword[] {
  const table = new Array<Keyword>(SLOTS).fill('');
  for (const word of words) {
    let slot = slotOf(word, 0, word.length);
    while (table[slot] !== '' && table[slot] !== word) {
      slot = (slot + 1) & SLOT_MASK;
    }
    table[slot] = word;
  }
  return table;
}
