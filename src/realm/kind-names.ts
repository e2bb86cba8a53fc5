/**
 * The kinds of realm object that the contract names, and how lists call one of them, in as few words as will do; the plural is regular.
 * Apart from the kinds themselves: what only shows differences need not load what compares and restores them.
 */
export const KIND_NOUNS = {
  'realm-setting': 'setting', 'realm-role': 'realm role', 'client-role': 'client role', 'composite': 'composite role', 'client': 'client',
  'client-setting': 'setting', 'client-mapper': 'mapper', 'client-scope': 'client scope', 'client-scope-mapper': 'scope mapper',
  'client-scope-link': 'scope link', 'realm-default-scope': 'default scope', 'scope-mapping': 'scope mapping', 'group': 'group',
  'group-role': 'group role', 'default-group': 'default group', 'service-account-role': 'role mapping', 'identity-provider': 'identity provider',
  'identity-provider-mapper': 'mapper', 'flow': 'flow', 'flow-binding': 'flow binding', 'required-action': 'required action',
  'component': 'component', 'authorization': 'authorization setting', 'user-profile': 'profile entry', 'localization': 'text',
  'client-policy': 'policy', 'organization': 'organization',
} as const;

/** Kinds of realm object, as the contract names them. */
export type KindName = keyof typeof KIND_NOUNS;
