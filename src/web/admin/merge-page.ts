import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Sequelize } from 'sequelize';
import { retryTransaction } from '../../database/retry-transaction.ts';
import { HotspotsError } from '../../errors.ts';
import { mergePlaces, previewMerge } from '../../records/operations/merge-places.ts';
import { Place } from '../../records/place.ts';
import { backTo } from '../back-to.ts';
import { csrfField } from '../csrf-field.ts';
import { formFields } from '../form-fields.ts';
import { html } from '../html.ts';
import { sendPage } from '../page.ts';
import type { PagePlugin } from '../page-options.ts';
import { queryOf } from '../query-of.ts';
import { counted } from '../show.ts';
import { breadcrumb } from './breadcrumb.ts';
import { duplicateSearch } from './duplicate-search.ts';
import { findRecord } from './find-record.ts';
import { mergePreview, mergeVersion } from './merge-preview.ts';
import { place as admin } from './models/place.ts';
import { recordLabel } from './record-label.ts';

interface MergeRoute {
  Params: { id: string };
}

const editors = { config: { access: 'editor' } } as const;
const mostDuplicates = 20;
const longestReason = 1000;

/** /admin/places/:id/merge?with=ID,ID: what a merge of places would do, and the merge. */
export const mergePage: PagePlugin = async (app, { database: { sequelize } }) => {
  app.get<MergeRoute>('/admin/places/:id/merge', editors, async (request, reply) => {
    const duplicateIds = idsOf(queryOf(request));
    return await sendMerge(request, reply, { sequelize, id: request.params.id, duplicateIds, problem: null });
  });

  app.post<MergeRoute>('/admin/places/:id/merge', editors, async (request, reply) => {
    const { id } = request.params;
    const fields = formFields(request);
    const duplicateIds = idsOf(fields);
    await findRecord(admin, id);
    const reason = (fields.get('reason') ?? '').trim().slice(0, longestReason);
    const merged = await retryTransaction(sequelize, async (transaction) => {
      const places = await Place.findAll({
        where: { id: [id, ...duplicateIds] },
        order: [['id', 'ASC']],
        transaction,
        lock: transaction.LOCK.NO_KEY_UPDATE,
      });
      if (fields.get('version') !== mergeVersion(places)) return null;
      return await mergePlaces(sequelize, {
        ...{ placeId: id, duplicateIds, transaction },
        ...(reason !== '' && { reason }),
      });
    });
    if (merged === null) {
      const problem = 'These places were changed since the preview was made. Nothing was merged. Look again.';
      return await sendMerge(request, reply, { sequelize, id, duplicateIds, problem });
    }
    const what = counted(duplicateIds.length, 'duplicate');
    return backTo(request, reply, `/admin/places/${id}`, `${what} merged into ${recordLabel(merged.place)}.`);
  });
};

/** The ids that `with` names, one by one or with commas. */
function idsOf(query: URLSearchParams): string[] {
  const ids = [...new Set(query.getAll('with').flatMap((text) => text.split(/[\s,]+/)))].filter(
    (id) => id !== '',
  );
  if (ids.length <= mostDuplicates && ids.every((id) => /^[1-9]\d{0,17}$/.test(id))) return ids;
  throw new HotspotsError(
    'USAGE',
    `Duplicates are named by their numbers, ${mostDuplicates} at most, as with=12,15. Nothing was merged.`,
  );
}

interface ShownMerge {
  sequelize: Sequelize;
  id: string;
  duplicateIds: readonly string[];
  /** Why a merge that was asked for was not made. */
  problem: string | null;
}

async function sendMerge(
  request: FastifyRequest,
  reply: FastifyReply,
  { sequelize, id, duplicateIds, problem }: ShownMerge,
): Promise<FastifyReply> {
  await findRecord(admin, id);
  const place = await Place.findByPk(id, { rejectOnEmpty: true });
  const { preview, refusal } =
    duplicateIds.length === 0
      ? { preview: null, refusal: null }
      : await previewOf(sequelize, id, duplicateIds);
  const why = problem ?? refusal;
  const label = recordLabel(place);
  const title = `Merge into ${label}`;
  const search = queryOf(request).get('q') ?? '';
  const body = html`${breadcrumb(admin, { href: `/admin/places/${id}`, label })}
    <h1>${title}</h1>
    ${why === null ? '' : html`<p class="problem" role="alert">${why}</p>`}
    ${preview === null ? '' : mergePreview(preview, csrfField(reply))}
    ${await duplicateSearch(place, { search, chosen: duplicateIds })}`;
  const status = why === null ? 200 : 409;
  return await sendPage(request, reply, { title, current: 'admin', body, status });
}

/** A merge that cannot be made is said on the page on which others can be chosen. */
async function previewOf(sequelize: Sequelize, placeId: string, duplicateIds: readonly string[]) {
  try {
    return { preview: await previewMerge(sequelize, { placeId, duplicateIds }), refusal: null };
  } catch (error) {
    if (!(error instanceof HotspotsError) || !['MERGE_REFUSED', 'PLACE_UNKNOWN'].includes(error.code))
      throw error;
    return { preview: null, refusal: error.message };
  }
}
