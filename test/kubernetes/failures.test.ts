// What an API server says, as it was seen on a real one (verified-kube.md 3.2 to 3.5), and what a person reads of it.
import { describe, expect, test } from 'vitest';
import { connectionLost, grantText, missingRule, refusal, unknownField, type Asked } from '../../src/kubernetes/failures.ts';
import type { Json } from '../../src/realm/json.ts';
import { ATTACKS } from '../bad-input/hostile.ts';

const NOW = Date.parse('2026-11-20T23:30:00Z');
const READ: Asked = { server: 'https://k8s.example.com', context: 'prod-eu', what: 'reading ConfigMap iam/keycloak-realm', writes: false, expires: null, now: NOW };
const WRITE: Asked = { ...READ, what: 'patching Application argocd/keycloak', writes: true };
const status = (code: number, message: string, reason = ''): { readonly status: number; readonly body: Json } => ({ status: code, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code } });
const said = ({ code, message, next }: ReturnType<typeof refusal>) => ({ code, message, next });

/** What fieldValidation=Strict answers: the object as it would be, whole, before the one thing that matters. */
const dumped = (field: string, inside = 'hunter2'): string => `Application.argoproj.io "keycloak" is invalid: patch: Invalid value: "{\\"apiVersion\\":\\"argoproj.io/v1alpha1\\",\\"kind\\":\\"Application\\",\\"metadata\\":{\\"annotations\\":{\\"token\\":\\"${inside}\\"}},\\"spec\\":{\\"source\\":{\\"helm\\":{\\"parameters\\":[{\\"name\\":\\"adminPassword\\",\\"value\\":\\"${inside}\\"}]}}}}": strict decoding error: unknown field "${field}"`;

describe('a field that this schema does not have', () => {
  test.each<[string, Json, string | null]>([
    ['after a dump of the object', status(422, dumped('spec.syncPolicy.automated.enabled'), 'Invalid').body, 'spec.syncPolicy.automated.enabled'],
    ['in an object that speaks of another one', status(422, dumped('spec.syncPolicy.automated.enabled', 'strict decoding error: unknown field \\"x.y\\"')).body, 'spec.syncPolicy.automated.enabled'],
    ['in one that is shown without marks', status(422, 'x is invalid: patch: Invalid value: map[note:strict decoding error: unknown field "x.y" hunter2]: strict decoding error: unknown field "spec.a"').body, 'spec.a'],
    ['the first of two', status(422, `${dumped('spec.a')}, unknown field "spec.b"`).body, 'spec.a'],
    ['a refusal of another kind', status(422, 'Application.argoproj.io "keycloak" is invalid: spec.project: Required value').body, null],
    ['strict about something else', status(422, 'x is invalid: patch: Invalid value: "{}": strict decoding error: duplicate field "spec.a"').body, null],
    ['no body', null, null],
    ['no message', { code: 422 }, null],
    ['a message that is none', { message: { a: 1 } }, null],
  ])('%s', (_name, body, field) => expect(unknownField(body)).toBe(field));

  test('is all that is shown of it', () => {
    const error = refusal(status(422, dumped('spec.syncPolicy.automated.enabledd')), WRITE);
    expect(said(error)).toEqual({ code: 'write-failed', message: 'The API server of context prod-eu refuses patching Application argocd/keycloak: strict decoding error: unknown field "spec.syncPolicy.automated.enabledd".', next: [] });
    expect(JSON.stringify(said(error))).not.toContain('hunter2');
    expect(refusal(status(422, dumped('spec.a', 'strict decoding error: hunter2')), WRITE).message).not.toContain('hunter2');
  });
});

describe('what is refused shows no object', () => {
  test.each<[string, string]>([
    ['a value of the wrong kind, as built-in kinds say it', `ConfigMap "keycloak-realm" is invalid: patch: Invalid value: "{\\"data\\":{\\"secret\\":\\"hunter2\\"},\\"kind\\":\\"ConfigMap\\"}": json: cannot unmarshal number into Go struct field ConfigMap.data of type string`],
    ['the same in the words of a typed map', 'StatefulSet.apps "keycloak" is invalid: spec.template.spec.containers[0].env[0].value: Invalid value: "hunter2": may not be specified'],
    ['more lines', 'first line\nAuthorization: Bearer hunter2'],
    ['far behind', `${'x'.repeat(500)} hunter2`],
  ])('%s', (_name, message) => {
    for (const code of [400, 422, 500]) for (const asked of [READ, WRITE]) expect(JSON.stringify(said(refusal(status(code, message), asked)))).not.toContain('hunter2');
  });

  test('nor anything that drives a terminal', () => {
    for (const attack of Object.values(ATTACKS)) {
      for (const code of [400, 403, 404, 422, 500]) {
        const { message, next } = refusal(status(code, attack), { ...WRITE, context: attack });
        // What fonts draw as nothing is taken away where errors are printed.
        for (const line of [message, ...next]) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }
    }
  });
});

describe('a login that is not taken', () => {
  // verified-kube.md 3.5: a wrong token, an expired one and an expired certificate give the same, without a body.
  const answer = { status: 401, body: null };

  test('says nothing of why, where nothing is known', () => {
    expect(said(refusal(answer, READ))).toEqual({ code: 'refused-login', message: 'The API server does not take the login of context prod-eu.', next: ['Log in to the cluster again, then try: kubectl auth whoami'] });
  });

  test.each<[string, string | null, string]>([
    ['ended', '2026-11-20T22:00:00Z', 'The API server does not take the login of context prod-eu, it ended at 2026-11-20T22:00:00Z.'],
    ['ended just now', '2026-11-20T23:30:00Z', 'The API server does not take the login of context prod-eu, it ended at 2026-11-20T23:30:00Z.'],
    ['still good, so something else is wrong', '2026-11-21T00:00:00Z', 'The API server does not take the login of context prod-eu.'],
  ])('%s', (_name, expires, message) => expect(refusal(answer, { ...READ, expires: expires === null ? null : Date.parse(expires) }).message).toBe(message));

  test('a write that was refused like that has not happened', () => expect(refusal(answer, WRITE).code).toBe('refused-login'));
});

describe('forbidden', () => {
  const rbac = (user: string, verb: string, resource: string, group: string, where: string, name = 'who'): string => `${resource}${group === '' ? '' : `.${group}`} "${name}" is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;

  test.each<[string, string, ReturnType<typeof missingRule>]>([
    ['in a namespace', rbac('oncall@example.org', 'get', 'configmaps', '', 'in the namespace "iam"'), { user: 'oncall@example.org', verb: 'get', resource: 'configmaps', group: '', namespace: 'iam' }],
    ['everywhere', rbac('oncall@example.org', 'list', 'applications', 'argoproj.io', 'at the cluster scope'), { user: 'oncall@example.org', verb: 'list', resource: 'applications', group: 'argoproj.io', namespace: null }],
    ['a subresource', rbac('system:serviceaccount:iam:rescue', 'patch', 'statefulsets/scale', 'apps', 'in the namespace "iam"'), { user: 'system:serviceaccount:iam:rescue', verb: 'patch', resource: 'statefulsets/scale', group: 'apps', namespace: 'iam' }],
    ['with the reason of an authorizer behind', `${rbac('oncall', 'get', 'secrets', '', 'in the namespace "iam"')}: RBAC: role.rbac.authorization.k8s.io "x" not found`, { user: 'oncall', verb: 'get', resource: 'secrets', group: '', namespace: 'iam' }],
    ['other words', 'the namespace is being terminated', null],
  ])('%s', (_name, message, rule) => expect(missingRule(message)).toEqual(rule));

  test('names who lacks what, and the rule to add', () => {
    expect(said(refusal(status(403, rbac('oncall@example.org', 'get', 'configmaps', '', 'in the namespace "iam"', 'keycloak-realm')), READ))).toEqual({
      code: 'missing-role', message: 'oncall@example.org may not get configmaps in namespace iam, which reading ConfigMap iam/keycloak-realm takes.',
      next: ['Have added to a Role in namespace iam: apiGroups [""], resources ["configmaps"], verbs ["get"].'],
    });
    expect(said(refusal(status(403, rbac('oncall', 'list', 'applications', 'argoproj.io', 'at the cluster scope')), READ))).toMatchObject({
      message: 'oncall may not list applications.argoproj.io at the cluster scope, which reading ConfigMap iam/keycloak-realm takes.', next: ['Have added to a Role: apiGroups ["argoproj.io"], resources ["applications"], verbs ["list"].'],
    });
  });

  test('with names as long as they are where many teams share a cluster, the same', () => {
    const user = 'https://login.example.com/realms/platform-identity#7d0e1234-5678-4abc-9def-0123456789ab';
    const namespace = 'platform-identity-and-access-management-production-eu-central';
    const error = refusal(status(403, rbac(user, 'get', 'configmaps', '', `in the namespace "${namespace}"`, 'keycloak-realm-configuration-of-the-primary-realm')), READ);
    expect(error.code).toBe('missing-role');
    expect(error.message).toContain(`may not get configmaps in namespace ${namespace}`);
    expect(error.next).toEqual([`Have added to a Role in namespace ${namespace}: apiGroups [""], resources ["configmaps"], verbs ["get"].`]);
    // However long: a namespace that is cut off is not the cluster scope.
    for (let length = 1; length < 400; length += 7) expect(refusal(status(403, rbac('u'.repeat(length), 'get', 'configmaps', '', 'in the namespace "iam"')), READ).message).toContain('in namespace iam');
  });

  // As 1.36.3 words it, and as servers before it do.
  test.each(['impersonate-on:user-info:create" resource "selfsubjectreviews" in API group "authentication.k8s.io"', 'impersonate" resource "groups" in API group ""'].map((words) => words.replace('"', '')))('who may not act as somebody else lacks no right to read: %s', (words) => {
    const error = refusal({ status: 403, body: { message: `x is forbidden: User "nobody@example.org" cannot ${words} at the cluster scope` } }, WRITE);
    expect([error.code, error.message]).toEqual(['refused-login', expect.stringContaining('nobody@example.org may not act as whom the user of context')]);
  });

  test('for system:anonymous no login was sent', () => {
    expect(said(refusal(status(403, rbac('system:anonymous', 'get', 'configmaps', '', 'in the namespace "iam"')), READ))).toEqual({
      code: 'refused-login', message: 'No login was sent to the API server: it takes us for system:anonymous when reading ConfigMap iam/keycloak-realm.', next: ['Check the user of context prod-eu in the kubeconfig.'],
    });
  });

  test.each<[string, string]>([
    ['a policy', `statefulsets.apps "keycloak" is forbidden: ValidatingAdmissionPolicy 'realm-rescue-no-overwrite' with binding 'x' denied request: the import strategy is set to OVERWRITE`],
    ['a webhook', 'admission webhook "guard.example.dev" denied the request: not during an incident'],
  ])('%s of the cluster is told from a missing right, which has the same code', (_name, message) => {
    const error = refusal(status(403, message), WRITE);
    expect(error.code).toBe('write-failed');
    expect(error.message).toContain(message);
    expect(error.next).toEqual(['A rule of the cluster says so; ask who runs it.']);
  });

  test('without words', () => expect(said(refusal({ status: 403, body: null }, WRITE))).toEqual({ code: 'write-failed', message: 'The cluster refuses patching Application argocd/keycloak: forbidden.', next: [] }));

  test('several rules in one sentence', () => {
    expect(grantText([{ verb: 'get', group: '', resource: 'configmaps', namespace: 'iam' }, { verb: 'patch', group: 'argoproj.io', resource: 'applications', namespace: 'iam' }])).toBe('Have added to a Role in namespace iam: apiGroups [""], resources ["configmaps"], verbs ["get"]; apiGroups ["argoproj.io"], resources ["applications"], verbs ["patch"].');
  });
});

describe('other answers', () => {
  test.each<[string, { readonly status: number; readonly body: Json }, Asked, { readonly code: string; readonly message: string }]>([
    ['nothing there', status(404, 'configmaps "keycloak-realm" not found', 'NotFound'), READ, { code: 'object-not-found', message: 'The cluster has nothing there when reading ConfigMap iam/keycloak-realm: configmaps "keycloak-realm" not found.' }],
    // The body is the plain text "404 page not found".
    ['no such group', { status: 404, body: null }, READ, { code: 'object-not-found', message: 'The cluster has nothing there when reading ConfigMap iam/keycloak-realm.' }],
    ['somebody else was first', status(409, 'Operation cannot be fulfilled on applications.argoproj.io "keycloak": the object has been modified; please apply your changes to the latest version and try again', 'Conflict'), WRITE, { code: 'changed-meanwhile', message: 'Somebody changed the object at the same moment when patching Application argocd/keycloak; nothing was written over it.' }],
    ['compacted', status(410, 'The provided resource version is too old', 'Expired'), READ, { code: 'server-error', message: 'The API server no longer remembers that moment when reading ConfigMap iam/keycloak-realm.' }],
    ['too many requests', status(429, 'too many requests, please try again later'), READ, { code: 'server-error', message: 'The API server of context prod-eu refuses reading ConfigMap iam/keycloak-realm: too many requests, please try again later.' }],
    ['a status alone', { status: 418, body: { kind: 'Status' } }, READ, { code: 'server-error', message: 'The API server of context prod-eu refuses reading ConfigMap iam/keycloak-realm: status 418.' }],
    ['a full stop is not doubled', status(400, 'it is bad.'), WRITE, { code: 'write-failed', message: 'The API server of context prod-eu refuses patching Application argocd/keycloak: it is bad.' }],
  ])('%s', (_name, answered, asked, wanted) => expect(refusal(answered, asked)).toMatchObject(wanted));

  test('what may pass by itself says so', () => {
    for (const code of [429, 500, 503]) expect(refusal(status(code, 'x'), READ).next).toEqual(['Try again in a moment.']);
  });

  // An intent whose outcome is not known is looked at, and never taken for refused.
  test.each<[string, { readonly status: number; readonly body: Json }, 'no-answer' | 'write-failed']>([
    ['a proxy in between', { status: 502, body: null }, 'no-answer'],
    ['a load balancer that waited too long', { status: 504, body: null }, 'no-answer'],
    ['the API server waited too long', status(504, 'Timeout: request did not complete within requested timeout - context deadline exceeded', 'Timeout'), 'no-answer'],
    ['its store waited too long', status(500, 'etcdserver: request timed out', 'InternalError'), 'no-answer'],
    ['its store has another leader', status(500, 'etcdserver: leader changed', 'InternalError'), 'no-answer'],
    ['a webhook that is down refuses before anything is stored', status(500, 'Internal error occurred: failed calling webhook "guard.example.dev": failed to call webhook: Post "https://guard.iam.svc:443/validate?timeout=2s": dial tcp 10.0.0.1:443: connect: connection refused', 'InternalError'), 'write-failed'],
    ['refused for good', status(422, 'x is invalid', 'Invalid'), 'write-failed'],
    ['too large', status(413, 'Request entity too large: limit is 3145728'), 'write-failed'],
  ])('after a write: %s', (_name, answered, code) => {
    expect(refusal(answered, WRITE).code).toBe(code);
    expect(refusal(answered, READ).code).toBe('server-error');
  });
});

describe('no answer', () => {
  const caused = (code: string, syscall?: string): Error => new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code, ...(syscall === undefined ? {} : { syscall }) }) });

  test.each<[string, Error, 'unreachable' | 'tls' | 'no-answer', RegExp]>([
    ['nobody listens', caused('ECONNREFUSED', 'connect'), 'unreachable', /^No connection to the API server https:\/\/k8s\.example\.com \(ECONNREFUSED\); nothing was sent\.$/],
    ['no such host', caused('ENOTFOUND', 'getaddrinfo'), 'unreachable', /ENOTFOUND/],
    ['it takes too long to connect', caused('UND_ERR_CONNECT_TIMEOUT'), 'unreachable', /nothing was sent/],
    ['an authority that nobody knows', caused('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'tls', /^The certificate of the API server https:\/\/k8s\.example\.com is not trusted \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)\.$/],
    ['another host’s certificate', caused('ERR_TLS_CERT_ALTNAME_INVALID'), 'tls', /is not trusted/],
    ['no TLS on that port', caused('ERR_SSL_WRONG_VERSION_NUMBER'), 'tls', /No TLS connection to the API server/],
    ['cut off', caused('ECONNRESET', 'read'), 'no-answer', /it may or may not have happened/],
    ['closed', caused('UND_ERR_SOCKET'), 'no-answer', /it may or may not have happened/],
    ['silent', caused('UND_ERR_HEADERS_TIMEOUT'), 'no-answer', /it may or may not have happened/],
    ['several addresses, none of which listens', new AggregateError([caused('ECONNREFUSED', 'connect'), caused('EHOSTUNREACH', 'connect')]), 'unreachable', /ECONNREFUSED/],
    ['something else', new Error('boom'), 'no-answer', /may or may not/],
  ])('%s', (_name, error, code, message) => {
    const lost = connectionLost(error, WRITE);
    expect(lost.code).toBe(code);
    expect(lost.message).toMatch(message);
    expect(lost.cause).toBe(error);
    expect(lost.next.length).toBeGreaterThan(0);
    const reading = connectionLost(error, READ);
    expect(reading.code).toBe(code === 'no-answer' ? 'unreachable' : code);
    if (code === 'no-answer') expect(reading.message).toMatch(/lost while reading/);
  });

  test('an untrusted certificate leads to the kubeconfig, not to a flag of Keycloak', () => {
    expect(connectionLost(caused('SELF_SIGNED_CERT_IN_CHAIN'), READ).next).toEqual(['Check certificate-authority of the cluster of context prod-eu in the kubeconfig.']);
  });
});
