// @ts-check
// JSON Schema of the settings, for the manifest (settings page) and for `.revsafe.json`.

/** @typedef {{ key: string, value: { type: string, enum?: readonly string[] }, description: string, machine?: boolean }} Setting */
/** @typedef {{ id: string, summary: string }} RuleText */
/** @typedef {{ rules: readonly RuleText[], triggers: Readonly<Record<string, string>> }} Names triggers: name to words */

const SEVERITIES = ['error', 'warning', 'hint', 'off'];

/** @param {Setting} setting @param {Names} names */
function typeOf({ key, value }, { rules, triggers }) {
  switch (value.type) {
    case 'boolean':
      return { type: 'boolean' };
    case 'string':
      return value.enum === undefined ? { type: 'string' } : { type: 'string', enum: [...value.enum] };
    case 'strings':
      return { type: 'array', items: { type: 'string' } };
    case 'severities': {
      const described =
        key === 'triggerSeverity' ? Object.entries(triggers) : rules.map(({ id, summary }) => [id, summary]);
      return {
        type: 'object',
        properties: Object.fromEntries(
          described.map(([name, description]) => [name, { enum: SEVERITIES, description }]),
        ),
        additionalProperties: false,
      };
    }
    case 'allow':
      return {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            rule: { enum: rules.map((rule) => rule.id) },
            file: { type: 'string' },
            function: { type: 'string' },
            reason: { type: 'string', minLength: 1 },
          },
          required: ['rule', 'reason'],
          additionalProperties: false,
        },
      };
    default:
      throw new Error(`setting ${key} has a type that the manifest cannot say: ${value.type}`);
  }
}

/** @param {readonly Setting[]} settings @param {Record<string, unknown>} defaults @param {Names} names */
export function manifestProperties(settings, defaults, names) {
  return {
    ...Object.fromEntries(
      settings.map((setting) => [
        `revocableSafety.${setting.key}`,
        {
          ...typeOf(setting, names),
          default: defaults[setting.key],
          markdownDescription: setting.description,
          scope: setting.machine === true ? 'machine' : 'resource',
        },
      ]),
    ),
    // Read by the language client itself.
    'revocableSafety.trace.server': {
      type: 'string',
      enum: ['off', 'messages', 'verbose'],
      default: 'off',
      markdownDescription: 'What is said between VS Code and the language server, in an output channel of its own.',
      scope: 'window',
    },
  };
}

/** @param {readonly Setting[]} settings @param {Names} names */
export function projectFileSchema(settings, names) {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Project file of Revocable Safety (.revsafe.json)',
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      ...Object.fromEntries(
        settings.map((setting) => [setting.key, { ...typeOf(setting, names), description: setting.description }]),
      ),
    },
    additionalProperties: false,
  };
}
