import { randomBytes } from 'node:crypto';
import { QueryTypes, type Sequelize } from 'sequelize';

/** What session cookies are signed with: made once for a database, so that all servers on it agree. */
export async function sessionSecret(sequelize: Sequelize): Promise<string> {
  const [row] = await sequelize.query<{ value: string }>(
    `INSERT INTO server_secrets AS known (name, value) VALUES ('session', $1)
     ON CONFLICT (name) DO UPDATE SET value = known.value RETURNING value`,
    { bind: [randomBytes(48).toString('base64url')], type: QueryTypes.SELECT },
  );
  if (row === undefined) throw new TypeError('INSERT … RETURNING gave no row.');
  return row.value;
}
