import { z } from 'zod';
import { storableJson } from '../audit/index.ts';
import { cutText } from '../audit/read/index.ts';
import { HotspotsError } from '../errors.ts';
import { outcomeStates, type TaskOutcome } from './task.ts';

/** Characters of what is said of a job; the rest is in the worker's log. */
const mostText = 2000;

const outcomeSchema = z.object({ state: z.enum(outcomeStates), summary: z.string() });
const failureSchema = z.object({ message: z.string(), code: z.string().optional() });

/** What is stored of a job that was done. Both texts and those of errors may quote pages: they are cut, and storable. */
export function outcomeOutput({ state, summary }: TaskOutcome): z.infer<typeof outcomeSchema> {
  return outcomeSchema.parse(storable({ state, summary: cutText(summary, mostText) }));
}

/** What is stored of a job that failed. */
export function failureOutput(error: unknown): z.infer<typeof failureSchema> {
  const message = cutText(error instanceof Error ? error.message : String(error), mostText);
  return failureSchema.parse(
    storable({ message, ...(error instanceof HotspotsError && { code: error.code }) }),
  );
}

function storable(value: object): unknown {
  return JSON.parse(storableJson(JSON.stringify(value)));
}
