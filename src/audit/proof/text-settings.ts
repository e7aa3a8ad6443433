/**
 * For the transactions that read proof: values as text mean the same whatever the server's defaults are, long
 * work is not cut off, and sorting spills to disk beyond 64 MB. SQL statements without parameters.
 */
export const textSettings = `
  SET LOCAL TIME ZONE 'UTC';
  SET LOCAL datestyle = 'ISO, YMD';
  SET LOCAL intervalstyle = 'postgres';
  SET LOCAL extra_float_digits = 1;
  SET LOCAL bytea_output = 'hex';
  SET LOCAL statement_timeout = 0;
  SET LOCAL idle_in_transaction_session_timeout = 0;
  SET LOCAL work_mem = '64MB';
  SET LOCAL jit = off`;
