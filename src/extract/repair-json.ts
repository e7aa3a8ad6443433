import { jsonrepair } from 'jsonrepair';
import { cleanJson } from './clean-json.ts';

/** How much had to be done to a JSON-LD block before it could be read. */
export type JsonLdRepairStage = 'none' | 'cleaned' | 'repaired' | 'failed';

export interface RepairedJson {
  stage: JsonLdRepairStage;
  /** An object or array; null when the stage is `failed`. */
  value: object | null;
  /** What JSON.parse said about the text as it was; null when the stage is `none`. */
  reason: string | null;
}

/** Longer text than this is not given to jsonrepair, which takes seconds over it. */
const maxRepairLength = 1_000_000;

/**
 * Reads JSON that may be broken, in stages, the cheapest first: as it is, after a small cleaner, after the
 * package jsonrepair. jsonrepair makes something of almost any text, so it only gets text that starts like
 * an object or array, and only an object or array is taken from it. Nothing is thrown.
 */
export function repairJson(text: string): RepairedJson {
  const asWritten = parse(text);
  if (asWritten.error === null) return result('none', asWritten.value, null);

  const cleaned = cleanJson(text);
  const afterCleaning = parse(cleaned);
  if (afterCleaning.error === null) return result('cleaned', afterCleaning.value, asWritten.error);

  const looksLikeJson = /^[[{]/.test(cleaned) && cleaned.length <= maxRepairLength;
  const afterRepair = looksLikeJson ? parse(cleaned, jsonrepair) : afterCleaning;
  return result(afterRepair.error === null ? 'repaired' : 'failed', afterRepair.value, asWritten.error);
}

function result(stage: JsonLdRepairStage, value: unknown, reason: string | null): RepairedJson {
  if (typeof value === 'object' && value !== null) return { stage, value, reason };
  return { stage: 'failed', value: null, reason: reason ?? 'neither an object nor an array' };
}

function parse(text: string, prepare?: (text: string) => string): { value: unknown; error: string | null } {
  try {
    return { value: JSON.parse(prepare === undefined ? text : prepare(text)), error: null };
  } catch (error) {
    return { value: null, error: error instanceof Error ? error.message : String(error) };
  }
}
