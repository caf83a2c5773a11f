/** Limits that more than one room must agree on. Sizes are bytes, times are milliseconds. */

/** The largest body that POST /beacons accepts. */
export const MAX_BEACON_BYTES = 64 * 1024;
/** The most events that one beacon carries. */
export const MAX_BEACON_EVENTS = 50;
/** The most events that the edge hands the engine in one batch. */
export const MAX_BATCH_EVENTS = 1_000;
/** The largest body of an API request, a beacon batch included. */
export const MAX_API_BODY_BYTES = 1024 * 1024;
/** The largest signed snapshot that an edge accepts. */
export const MAX_SNAPSHOT_BYTES = 1024 * 1024;
/** The deepest nesting of JSON that is parsed at all. */
export const MAX_JSON_DEPTH = 32;
/** How long an exposure ticket may be used. */
export const TICKET_LIFETIME_MS = 24 * 60 * 60 * 1000;
/** How long a deploy holds its environment at most; one that was killed lets go of it then. */
export const DEPLOY_LOCK_MS = 10 * 60 * 1000;
/** How many finished rollouts a document keeps; older ones are in the chain of revisions. */
export const FINISHED_ROLLOUTS_KEPT = 20;
/** The longest metadata of a unit, as JSON, in UTF-16 units; visitors download it. */
export const MAX_METADATA_LENGTH = 16 * 1024;
/** The deepest nesting of a unit's metadata. */
export const MAX_METADATA_DEPTH = 8;
/** The deepest nesting of a condition. */
export const MAX_CONDITION_DEPTH = 16;
/** The most values that one condition holds, lists' items included. */
export const MAX_CONDITION_SIZE = 2_000;
/** The most regular expressions in one condition. */
export const MAX_CONDITION_PATTERNS = 50;
/** The longest text in a condition, in UTF-16 units; a pattern too. */
export const MAX_CONDITION_TEXT = 500;
/** The largest entry file of a unit that the engine loads to check it. */
export const MAX_UNIT_BYTES = 32 * 1024 * 1024;
/** How many host routes an environment has at most. */
export const MAX_HOST_ROUTES = 200;
/** How long a snapshot version of a unit is kept where its publisher says nothing. */
export const SNAPSHOT_DAYS = 14;
