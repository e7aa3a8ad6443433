import type { JsonValue } from '../json-value.ts';
import type { Registration } from '../registration.ts';

export interface RenderOptions {
  /** Of which models fields are known. Default: all registered ones. */
  registrations?: readonly Registration[] | undefined;
  /** At how many characters a value is cut; 0 leaves nothing, a negative number everything. Default: 140. */
  limit?: number | undefined;
  /** IANA zone in which times are shown. Default: this machine's. */
  timeZone?: string | undefined;
  /**
   * The label of the record that a foreign key points to: null when there is no such record, undefined when
   * it was not looked up. See `loadLabels`.
   */
  labelOf?: ((model: string, id: string) => string | null | undefined) | undefined;
  /** What a value of a field is called, as "Cancelled" for "EventCancelled"; undefined leaves it as it is. */
  valueName?: ((model: string, field: string, value: JsonValue) => string | undefined) | undefined;
}
