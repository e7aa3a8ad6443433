import { z } from 'zod';
import { changeAccess, createUser } from '../../../accounts/users.ts';
import { HotspotsError } from '../../../errors.ts';
import { roles, User } from '../../../records/index.ts';
import { csrfField, formFields, html } from '../../html.ts';
import type { PagePlugin } from '../../page.ts';
import { sendPage } from '../../page.ts';
import { backTo } from '../../redirect.ts';

const admins = { config: { access: 'admin' } } as const;

/** /users: who may sign in, and what they may do. */
export const usersPage: PagePlugin = async (app, { database: { sequelize } }) => {
  app.get('/users', admins, async (request, reply) => {
    const users = await User.findAll({ order: [['email', 'ASC']], limit: 1000 });
    const csrf = csrfField(reply);
    return sendPage(request, reply, {
      title: 'Users',
      current: 'users',
      body: html`<h1>Users</h1>
        <table>
          <caption class="hidden">Users, by e-mail address</caption>
          <thead><tr><th scope="col">E-mail address</th><th scope="col">Role</th><th scope="col">May sign in</th></tr></thead>
          <tbody>${users.map(
            ({ email, role, isActive, passwordHash }) => html`<tr>
            <th scope="row" data-label="E-mail address">${email}</th>
            <td data-label="Role">${
              passwordHash === null
                ? 'writes for the program'
                : html`<form class="inline" method="post" action="/users/role">
              ${csrf}<input type="hidden" name="email" value="${email}" />
              <label><span class="hidden">Role of ${email}</span>
              <select name="role">${roles.map((each) => html`<option ${each === role ? html`selected` : ''}>${each}</option>`)}</select></label>
              <button>Give role</button></form>`
            }</td>
            <td data-label="May sign in">${
              passwordHash === null
                ? 'no'
                : html`<form class="inline" method="post" action="/users/access">
              ${csrf}<input type="hidden" name="email" value="${email}" />
              ${isActive ? 'yes' : 'no'} <button name="active" value="${isActive ? 'no' : 'yes'}">${isActive ? 'Deactivate' : 'Activate'} ${email}</button></form>`
            }</td>
          </tr>`,
          )}</tbody>
        </table>
        <section class="narrow">
          <h2>Another user</h2>
          <form class="stacked" method="post" action="/users">
            ${csrf}
            <label>E-mail address <input name="email" type="email" required maxlength="254" /></label>
            <label>Role <select name="role">${roles.map((role) => html`<option>${role}</option>`)}</select></label>
            <label>Password
              <input name="password" type="password" autocomplete="new-password" required minlength="12" maxlength="1024" />
            </label>
            <button class="primary">Create the user</button>
          </form>
        </section>`,
    });
  });

  app.post('/users', admins, async (request, reply) => {
    const fields = formFields(request);
    const { email } = await createUser({
      email: fields.get('email') ?? '',
      role: roleOf(fields),
      password: fields.get('password') ?? '',
    });
    return backTo(request, reply, '/users', `${email} can sign in now.`);
  });

  app.post('/users/role', admins, async (request, reply) => {
    const fields = formFields(request);
    const { email, role } = await changeAccess(sequelize, fields.get('email') ?? '', {
      role: roleOf(fields),
    });
    return backTo(request, reply, '/users', `${email} has the role ${role} now.`);
  });

  app.post('/users/access', admins, async (request, reply) => {
    const fields = formFields(request);
    const isActive = fields.get('active') === 'yes';
    const { email } = await changeAccess(sequelize, fields.get('email') ?? '', { isActive });
    return backTo(request, reply, '/users', `${email} ${isActive ? 'can' : 'cannot'} sign in now.`);
  });
};

function roleOf(fields: URLSearchParams) {
  const role = z.enum(roles).safeParse(fields.get('role'));
  if (role.success) return role.data;
  throw new HotspotsError(
    'USAGE',
    `A role is one of ${roles.join(', ')}; given: ${JSON.stringify(fields.get('role'))}.`,
  );
}
