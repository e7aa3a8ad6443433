import { chown } from 'node:fs/promises';
import path from 'node:path';
import { HotspotsError } from '../../errors.ts';
import { type FileLock, tryLock, waitForLock } from './file-lock.ts';
import type { EmbeddedPlace } from './location.ts';
import { askToStop, stopPostmaster } from './postmaster.ts';

/*
 * Who uses the embedded server. Two lock files decide: `turn.lock` is held while starting and stopping, by one
 * process at a time; `in-use.lock` is shared by all that use the server, so whoever can lock it alone after
 * leaving was the last. Both locks end with their process: one that was killed never counts as a user.
 */

/** This process as one user of the server. */
export interface Membership {
  /** Takes a turn, leaves, and stops the server if nobody else uses it. May be called twice. */
  leave(): Promise<void>;
  /** The same, for a caller that has the turn already. */
  abandon(): Promise<void>;
}

/** The first start on a slow machine makes the database while others wait for their turn. In milliseconds. */
const turnPatience = 300_000;
/** At the end of a process nothing can wait but the whole thread. In milliseconds. */
const exitPatience = 1_000;

const turnFile = (place: EmbeddedPlace) => path.join(place.folder, 'turn.lock');
const useFile = (place: EmbeddedPlace) => path.join(place.folder, 'in-use.lock');

/** Runs `work` while no other process starts or stops the server. */
export async function withTurn<Result>(place: EmbeddedPlace, work: () => Promise<Result>): Promise<Result> {
  using _turn = await waitForLock(turnFile(place), 'exclusive', turnPatience);
  turns.add(place.folder);
  try {
    return await work();
  } finally {
    turns.delete(place.folder);
  }
}

/** Makes this process a user of the server. The caller must have the turn. */
export async function joinUsers(place: EmbeddedPlace): Promise<Membership> {
  const lock = tryLock(useFile(place), 'shared');
  if (lock === undefined) {
    throw new HotspotsError(
      'EMBEDDED_POSTGRES_FAILED',
      `${useFile(place)} is locked by a program that is not ours. End that program and start again.`,
    );
  }
  const { user } = place;
  if (user !== undefined) {
    await Promise.all([turnFile(place), useFile(place)].map((file) => chown(file, user.uid, user.gid)));
  }
  const entry = { place, lock };
  if (entries.size === 0) process.once('exit', leaveAtExit);
  entries.add(entry);

  const abandon = async () => {
    forget(entry);
    using alone = tryLock(useFile(place), 'exclusive');
    if (alone !== undefined) await stopPostmaster(place.data);
  };
  let leaving: Promise<void> | undefined;
  const leave = () => {
    leaving ??= withTurn(place, abandon);
    return leaving;
  };
  return { leave, abandon };
}

interface Entry {
  readonly place: EmbeddedPlace;
  readonly lock: FileLock;
}

/** All servers this process uses now. */
const entries = new Set<Entry>();

/** The folders whose turn this process has now. */
const turns = new Set<string>();

function forget(entry: Entry): void {
  entry.lock.release();
  entries.delete(entry);
  if (entries.size === 0) process.removeListener('exit', leaveAtExit);
}

/** For a process that ends without leaving: asks the servers it used last to stop, without waiting for it. */
function leaveAtExit(): void {
  for (const entry of [...entries]) {
    const hadTurn = turns.has(entry.place.folder);
    using turn = hadTurn ? undefined : tryLock(turnFile(entry.place), 'exclusive', exitPatience);
    forget(entry);
    if (!hadTurn && turn === undefined) continue;
    using alone = tryLock(useFile(entry.place), 'exclusive');
    if (alone !== undefined) askToStop(entry.place.data);
  }
}
