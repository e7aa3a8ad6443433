import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { databaseErrorCode, retryTransaction } from '../../database/retry-transaction.ts';
import { HotspotsError } from '../../errors.ts';
import { signedInUser } from '../pages/account/sessions.ts';
import { InputError } from './problems.ts';

export interface WriteAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** How long a request waits for one with the same key, in milliseconds, before it is told to come again. */
const patience = 2000;

/**
 * Does what a request asks for in one transaction, and answers it. A POST with an Idempotency-Key is done once: sent
 * again, it gets the same answer, which is stored in the same transaction.
 *
 * @param work may be run again after a rollback
 */
export async function answerWrite(
  sequelize: Sequelize,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (transaction: Transaction) => Promise<WriteAnswer>,
): Promise<FastifyReply> {
  const key = request.method === 'POST' ? keyOf(request) : null;
  const { answer, isReplay } = await retryTransaction(
    sequelize,
    async (transaction) => {
      if (key === null) return { answer: await work(transaction), isReplay: false };
      const stored = await takeKey(sequelize, request, key, transaction);
      if (stored !== null) return { answer: stored, isReplay: true };
      const made = await work(transaction);
      await storeAnswer(sequelize, { userId: signedInUser(request).id, key }, made, transaction);
      return { answer: made, isReplay: false };
    },
    // A unique value that is taken stays taken: only what comes of two at once is worth another attempt.
    { attemptsWhenTaken: 2 },
  );
  if (isReplay) reply.header('idempotency-replayed', 'true');
  return reply
    .code(answer.status)
    .headers(answer.headers ?? {})
    .send(answer.body);
}

function keyOf({ headers }: FastifyRequest): string | null {
  const key = headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  throw new InputError([
    {
      pointer: 'Idempotency-Key',
      message: 'This must be 1 to 255 characters of printable ASCII.',
      code: 'invalid_format',
    },
  ]);
}

/** Takes the key for this request; gives the answer if it was taken, by the same request, before. */
async function takeKey(
  sequelize: Sequelize,
  request: FastifyRequest,
  key: string,
  transaction: Transaction,
): Promise<WriteAnswer | null> {
  const userId = signedInUser(request).id;
  const hash = createHash('sha256')
    .update(JSON.stringify([request.method, request.url, request.body ?? null]))
    .digest();
  await sequelize.query(
    // Those that another request is removing do not concern this one.
    `DELETE FROM idempotency_keys WHERE (user_id, key) IN (
       SELECT user_id, key FROM idempotency_keys
       WHERE created_at < now() - interval '24 hours' FOR UPDATE SKIP LOCKED)`,
    { transaction },
  );
  await sequelize.query(`SET LOCAL lock_timeout = ${patience}`, { transaction });
  try {
    const taken = await sequelize.query(
      `INSERT INTO idempotency_keys (user_id, key, request_hash) VALUES ($1, $2, $3)
       ON CONFLICT DO NOTHING RETURNING key`,
      { bind: [userId, key, hash], type: QueryTypes.SELECT, transaction },
    );
    await sequelize.query('SET LOCAL lock_timeout = DEFAULT', { transaction });
    if (taken.length > 0) return null;
  } catch (error) {
    if (databaseErrorCode(error) !== '55P03') throw error;
    throw new HotspotsError(
      'IDEMPOTENCY_KEY_BUSY',
      'A request with the same Idempotency-Key is still being answered. Send this one again in a while.',
      { cause: error },
    );
  }
  const [stored] = await sequelize.query<{ hash: Buffer; answer: WriteAnswer }>(
    'SELECT request_hash AS hash, response AS answer FROM idempotency_keys WHERE user_id = $1 AND key = $2',
    { bind: [userId, key], type: QueryTypes.SELECT, transaction },
  );
  if (stored?.hash.equals(hash) === true) return stored.answer;
  throw new HotspotsError(
    'IDEMPOTENCY_KEY_REUSED',
    'The same Idempotency-Key came with another request within the last day. Use a new key for each request.',
  );
}

async function storeAnswer(
  sequelize: Sequelize,
  { userId, key }: { userId: string; key: string },
  answer: WriteAnswer,
  transaction: Transaction,
): Promise<void> {
  await sequelize.query(
    'UPDATE idempotency_keys SET status_code = $3, response = $4::jsonb WHERE user_id = $1 AND key = $2',
    { bind: [userId, key, answer.status, JSON.stringify(answer)], transaction },
  );
}

/** A strong validator of a representation (RFC 9110, 8.8.3): another one as soon as any of its fields changes. */
export function entityTag(representation: object): string {
  const hash = createHash('sha256').update(JSON.stringify(representation)).digest('base64url');
  return `"${hash.slice(0, 22)}"`;
}

/**
 * Whether If-None-Match names this representation; "*" names every one. A proxy that compresses makes tags weak, which
 * does not matter here (RFC 9110, 13.1.2).
 */
export function isKnown(ifNoneMatch: string | undefined, tag: string): boolean {
  return namesTag((ifNoneMatch ?? '').replaceAll('W/"', '"'), tag);
}

/**
 * Refuses to write over what the sender has not seen.
 *
 * @param ifMatch the header If-Match; without one nothing is refused
 * @throws HotspotsError PRECONDITION_FAILED
 */
export function checkMatch(ifMatch: string | undefined, representation: object): void {
  if (ifMatch === undefined || namesTag(ifMatch, entityTag(representation))) return;
  throw new HotspotsError(
    'PRECONDITION_FAILED',
    'The record has changed since it was read, so nothing was written. Read it again, and send the change with its new ETag.',
  );
}

function namesTag(header: string, tag: string): boolean {
  const tags = header.split(',').map((each) => each.trim());
  return tags.includes('*') || tags.includes(tag);
}
