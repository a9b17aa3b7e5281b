import { type Keyword, keywords } from './keywords.js';

// Which words mean what in the summary. After the reference of Databricks SQL and Spark's grammar, in which nearly
// every keyword may be a name: what decides is where a word stands.

/** First words of statements that read. */
export const QUERY_VERBS = keywords('SELECT WITH VALUES TABLE FROM SHOW DESCRIBE DESC EXPLAIN MAP REDUCE');

/** First words of statements that change data. */
export const UPDATE_VERBS = keywords('INSERT UPDATE DELETE MERGE COPY TRUNCATE LOAD');

/** Statements that name no object, or none that could be told. */
export const PLAIN_VERBS = keywords('COMMIT ROLLBACK RESET DECLARE PUT GET REMOVE LIST ADD KILL');

/** Of these the server reads the rest of the text, whatever it is. */
export const VERBS_TO_THE_END = keywords('PUT GET REMOVE LIST ADD KILL DFS RESET');

/** Statements about one object: a verb, the kind of the object, and its name. */
export const OBJECT_VERBS = keywords(
  'CREATE REPLACE ALTER DROP UNDROP COMMENT CLEAR ANALYZE TRUNCATE MSCK FSCK REPAIR REORG SYNC UNSET EXECUTE UNCACHE ' +
    'APPLY LOCK UNLOCK EXPORT IMPORT GENERATE LOAD',
);

/** The same, but the kind may be missing: then it is a table. */
export const TABLE_VERBS = keywords('CACHE REFRESH RESTORE DESCRIBE DESC OPTIMIZE VACUUM CONVERT COPY');

/** The name follows directly, whatever word it is. */
export const KINDLESS_VERBS = keywords('OPTIMIZE VACUUM CALL');

/** The same, where it is a schema or a procedure. */
export const OTHER_VERBS = keywords('USE CALL');

export const PRIVILEGE_VERBS = keywords('GRANT REVOKE DENY');

/** Kinds of objects that hold rows. */
export const TABLE_KINDS = keywords('TABLE VIEW HISTORY DETAIL');

/** Kinds of objects that have a name of their own. */
export const NAMED_KINDS = keywords(
  'SCHEMA DATABASE NAMESPACE CATALOG FUNCTION PROCEDURE VOLUME SHARE CONNECTION LOCATION CREDENTIAL INDEX POLICY ' +
    'SERVER MODEL FLOW ROOM METADATA COLUMN TABLES',
);

/** Kinds whose name may be a person's, or that have none: the operation is all there is to say. */
export const NAMELESS_KINDS = keywords('USER GROUP ROLE RECIPIENT PROVIDER QUERY VARIABLE CACHE IMMEDIATE');

/** Words that belong to the operation's name and stand before the kind of the object. */
export const KIND_PREFIXES = keywords(
  'MATERIALIZED STREAMING EXTERNAL FOREIGN STORAGE SERVICE REPAIR ON TO INTO DELTA BLOOMFILTER ONLINE METRIC CLEAN ' +
    'LIVE TAG DATA CHANGES',
);

/** Words before the kind that say nothing about the operation. */
export const FILLERS = keywords('OR REPLACE REFRESH TEMPORARY TEMP GLOBAL LAZY PRIVATE');

/** Words between the kind and the name, for some verbs. */
export const DETAIL_WORDS = keywords('EXTENDED FORMATTED');

/** Words that can follow the name of the object: before one of them, what could be a kind is the name. */
export const BEHIND_NAMES: ReadonlyMap<Keyword, ReadonlySet<Keyword>> = new Map([
  ['RESTORE', keywords('TO VERSION TIMESTAMP')],
  ['DESCRIBE', keywords('AS PARTITION')],
  ['DESC', keywords('AS PARTITION')],
  ['CACHE', keywords('AS OPTIONS')],
  ['GRANT', keywords('TO')],
  ['DENY', keywords('TO')],
  ['REVOKE', keywords('FROM')],
  ['SHOW', keywords('IN FROM LIKE')],
]);

/** Words that can only follow an operand: before one of them a keyword is a column. */
export const BEHIND_OPERAND = keywords(
  'AND OR IS IN LIKE ILIKE RLIKE REGEXP BETWEEN DIV ASC DESC NULLS AS FROM THEN ELSE END',
);

/** Words that begin the next clause, so that STREAM or LATERAL before them is a name. */
export const BEHIND_TABLE = keywords(
  'WHERE GROUP ORDER HAVING LIMIT OFFSET UNION INTERSECT EXCEPT MINUS WINDOW QUALIFY SORT CLUSTER DISTRIBUTE JOIN LEFT ' +
    'RIGHT INNER CROSS NATURAL FULL SEMI ANTI ON USING AS SELECT INSERT SET VALUES WHEN WITH TABLESAMPLE PIVOT ' +
    'UNPIVOT LATERAL FOR VERSION TIMESTAMP',
);

/** What may have a label: `l: LOOP`. */
export const LABELLED = keywords('BEGIN LOOP WHILE REPEAT FOR');

/** Statements that may stand where a query may, or behind another word: AS INSERT, THEN UPDATE. */
export const DML_VERBS = keywords('INSERT UPDATE DELETE MERGE');

/** What a word means within a statement, behind an operand. */
export type Clause =
  | 'select'
  | 'from'
  | 'join'
  | 'with'
  | 'as'
  | 'setOperation'
  | 'operand'
  | 'after'
  | 'afterOperand'
  | 'lateral'
  | 'distinct'
  | 'end'
  | 'then'
  | 'block'
  | 'dml'
  | 'query'
  | 'using'
  | 'for';

export const CLAUSES: ReadonlyMap<Keyword, Clause> = new Map([
  ...meaning('select', keywords('SELECT')),
  ...meaning('from', keywords('FROM')),
  ...meaning('join', keywords('JOIN')),
  ...meaning('with', keywords('WITH')),
  ...meaning('as', keywords('AS')),
  ...meaning('setOperation', keywords('UNION INTERSECT EXCEPT MINUS')),
  // An operand follows.
  ...meaning('operand', keywords('AND OR LIKE ILIKE RLIKE REGEXP IN BETWEEN DIV ESCAPE ON BY WHEN')),
  // They end the list of tables: a comma behind them separates something else.
  ...meaning('after', keywords('GROUP ORDER SORT CLUSTER DISTRIBUTE WINDOW')),
  ...meaning('afterOperand', keywords('WHERE HAVING QUALIFY LIMIT OFFSET SET')),
  ...meaning('lateral', keywords('LATERAL')),
  ...meaning('distinct', keywords('DISTINCT')),
  ...meaning('end', keywords('END')),
  ...meaning('then', keywords('THEN ELSE')),
  ...meaning('block', keywords('BEGIN DO LOOP REPEAT')),
  ...meaning('dml', keywords('INSERT UPDATE DELETE MERGE')),
  ...meaning('query', keywords('TABLE VALUES RETURN')),
  ...meaning('using', keywords('USING')),
  ...meaning('for', keywords('FOR')),
]);

function meaning(clause: Clause, words: ReadonlySet<Keyword>): [Keyword, Clause][] {
  return [...words].map((word) => [word, clause]);
}

const DEFINITION = keywords('AS RETURN LIKE CLONE FROM INTO SELECT BEGIN');
const PREPOSITIONS: ReadonlyMap<Keyword, ReadonlySet<Keyword>> = new Map<Keyword, ReadonlySet<Keyword>>([
  ['CREATE', DEFINITION],
  ['REPLACE', DEFINITION],
  ['CACHE', keywords('AS SELECT')],
  ['SYNC', keywords('FROM')],
  ['ANALYZE', keywords('IN FROM')],
  ['LOAD', keywords('INTO')],
  ['GENERATE', keywords('FOR')],
  ['APPLY', keywords('FROM')],
  ['DROP', keywords('ON')],
  ['GRANT', keywords('ON')],
  ['REVOKE', keywords('ON')],
  ['DENY', keywords('ON')],
  ['SHOW', keywords('IN FROM ON')],
  ['DECLARE', keywords('FOR BEGIN INSERT UPDATE DELETE MERGE')],
]);

/** Behind which words a name or a query comes, though the other words of the statement say nothing. */
export function prepositionsOf(verb: Keyword, kind: Keyword): ReadonlySet<Keyword> | undefined {
  if (kind === 'INDEX' || kind === 'POLICY') {
    return PREPOSITIONS.get('DROP');
  }
  return PREPOSITIONS.get(verb === 'ALTER' && kind === 'VIEW' ? 'CACHE' : verb);
}
