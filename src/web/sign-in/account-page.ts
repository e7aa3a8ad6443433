import { changePassword } from '../../accounts/change-password.ts';
import { isPassword } from '../../accounts/password.ts';
import { HotspotsError } from '../../errors.ts';
import { User } from '../../records/user.ts';
import { backTo } from '../back-to.ts';
import { csrfField } from '../csrf-field.ts';
import { formFields } from '../form-fields.ts';
import { html } from '../html.ts';
import { sendPage } from '../page.ts';
import type { PagePlugin } from '../page-options.ts';
import { passwordMark } from './password-mark.ts';
import { sessionHash } from './session-store.ts';
import { signedInUser } from './signed-in-user.ts';

/** The present password can be guessed by whoever finds a browser open. */
const attempts = { max: 20, timeWindow: '1 minute' };

/** /account: one's own password. */
export const accountPage: PagePlugin = async (app, { database: { sequelize } }) => {
  app.get('/account', { config: { access: 'viewer' } }, (request, reply) => {
    const { email, role } = signedInUser(request);
    return sendPage(request, reply, {
      title: 'Your account',
      body: html`<section class="narrow">
        <h1>Your account</h1>
        <p>${email}, ${role}</p>
        <h2>Another password</h2>
        <p>At least 12 characters; a few words that you can remember. You are signed out everywhere else.</p>
        <form class="stacked" method="post" action="/account/password">
          ${csrfField(reply)}
          <label>Present password <input name="present" type="password" autocomplete="current-password" required /></label>
          <label>New password
            <input name="password" type="password" autocomplete="new-password" required minlength="12" maxlength="1024" />
          </label>
          <button class="primary">Change the password</button>
        </form>
      </section>`,
    });
  });

  app.post(
    '/account/password',
    { config: { access: 'viewer', rateLimit: attempts } },
    async (request, reply) => {
      const user = signedInUser(request);
      const fields = formFields(request);
      if (!(await isPassword(fields.get('present') ?? '', user.passwordHash)))
        throw new HotspotsError(
          'PASSWORD_REFUSED',
          'The present password is not that one. Nothing was changed.',
        );
      const own = sessionHash(request.session.sessionId);
      await changePassword(sequelize, user.email, fields.get('password') ?? '', own);
      const { passwordHash } = await User.findByPk(user.id, { rejectOnEmpty: true });
      request.session.passwordMark = passwordMark(passwordHash ?? '');
      return backTo(request, reply, '/account', 'Your password was changed.');
    },
  );
};
