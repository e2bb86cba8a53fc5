/** What a setting of a realm means to the people who log in there, in one sentence. */
import type { Json } from '../json.ts';
import type { Choice, Difference } from '../model.ts';
import { isUnknown } from '../unknowns.ts';
import type { Setting } from './settings.ts';

interface Sides {
  readonly live: Json | undefined;
  readonly evidence: Json | undefined;
}

/** Lifetimes of sessions, in seconds: a shorter one ends at once what has lasted longer (facts: keycloak.md 3.1). */
const SESSION_TIME = /^(ssoSession|offlineSession|clientSession|clientOfflineSession)\w*(Timeout|Lifespan|RememberMe)$/;

/** What a setting decides, as a clause; the first that fits. */
const DECIDES: readonly { readonly field: RegExp; readonly says: string }[] = [
  { field: /^accessTokenLifespan/, says: 'how long access tokens live; those already issued stay as they are' },
  { field: /^(accessCode|actionToken|oauth2Device)/, says: 'how long codes and links of a login live' },
  { field: /^sslRequired$/, says: 'which logins need HTTPS; a stricter value refuses clients that come without it' },
  { field: /^(revokeRefreshToken|refreshTokenMaxReuse)$/, says: 'how often a refresh token may be used; a stricter value ends the sessions of clients that use theirs again' },
  { field: /^rememberMe$/, says: 'whether logins may be remembered; switched off, it ends the sessions that were' },
  { field: /^offlineSessionMaxLifespanEnabled$/, says: 'whether offline sessions end at all; switched on, it ends those that are older than offlineSessionMaxLifespan' },
  { field: /^defaultSignatureAlgorithm$/, says: 'with which algorithm new tokens are signed' },
  { field: /^passwordPolicy$/, says: 'which passwords are accepted' },
  { field: /^(bruteForce|permanentLockout|maxTemporaryLockouts|maxFailure|waitIncrement|quickLogin|minimumQuickLogin|maxDeltaTime|failureFactor|maxSecondaryAuth)/, says: 'how guessed passwords are stopped' },
  { field: /^(registration|verifyEmail|loginWithEmail|duplicateEmails|resetPassword|editUsername)/, says: 'what people can do on the login page' },
  { field: /^otpPolicy/, says: 'how one-time codes are made; a code made otherwise is refused' },
  { field: /^webAuthnPolicy/, says: 'which passkeys and security keys are accepted' },
  { field: /^(eventsEnabled|eventsListeners|enabledEventTypes|eventsExpiration|adminEvents)/, says: 'which events are kept, and who hears of them' },
  { field: /^smtpServer$/, says: 'through which server mails go out: verification, password reset' },
  { field: /^browserSecurityHeaders$/, says: 'how browsers guard the pages of Keycloak' },
  { field: /^(internationalizationEnabled|supportedLocales|defaultLocale)$/, says: 'the languages of the pages' },
  { field: /Theme$|^displayName/, says: 'what the pages look like' },
];

export function settingEffect(change: Difference['change'], setting: Setting, sides: Sides): string {
  const [field = '', element] = setting.parts;
  const name = element === undefined ? field : `${field} ${element}`;
  if (field === 'enabled') return sides.live === false ? 'the realm is switched off: nobody can log in, and every token is refused' : 'the evidence has the realm switched off: nobody could log in, and every token would be refused';
  const how = change === 'live-only' ? 'is set only in the live realm' : change === 'lost' ? 'is not set any more' : `is ${words(sides.live)} instead of ${words(sides.evidence)}`;
  const end = SESSION_TIME.test(field) ? sessions(sides) : DECIDES.find((row) => row.field.test(field))?.says;
  return `${name} ${how}${end === undefined ? '' : `: ${end}`}`;
}

function sessions({ live, evidence }: Sides): string {
  const shorter = typeof live === 'number' && typeof evidence === 'number' && evidence > 0 && (live === 0 || evidence < live);
  return shorter ? 'seconds that a session lives; restoring the shorter time ends at once the sessions that have lasted longer' : 'seconds that a session lives';
}

function words(value: Json | undefined): string {
  if (value === undefined || isUnknown(value)) return 'something else';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** A file that switches the realm off is never followed unasked. */
export function settingSuggestion(change: Difference['change'], setting: Setting): { readonly suggest: Choice | 'ask'; readonly because: string } | undefined {
  return change === 'changed' && setting.parts[0] === 'enabled' && setting.value === false
    ? { suggest: 'ask', because: 'restoring it would switch the realm off for everybody' }
    : undefined;
}
