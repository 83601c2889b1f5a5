import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** The walls of the house: which top-level folders a folder may never import. */
const walls = {
  relay: ['src', 'pipeline', 'simulator', 'replay', 'test'],
  pipeline: ['src', 'relay', 'simulator', 'replay', 'test'],
  simulator: ['src', 'relay', 'pipeline', 'replay', 'test'],
  replay: ['src', 'relay', 'pipeline', 'web', 'bench', 'scripts', 'test'],
  web: ['src', 'relay', 'pipeline', 'simulator', 'replay', 'bench', 'scripts', 'test'],
  src: ['bench', 'test'],
  bench: ['src', 'relay', 'pipeline', 'simulator', 'test'],
};

const wallOf = ([folder, forbidden]) => ({
  files: [`${folder}/**/*.ts`],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: forbidden.map((other) => ({
          regex: `^(\\.\\./)+${other}(/|$)`,
          message: `${folder}/ must not know ${other}/ (docs/architecture.md, the walls).`,
        })),
      },
    ],
  },
});

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'data/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
    },
  },
  {
    // It runs in Node, beside code that runs in browsers and has a project of its own.
    files: ['web/*.ts'],
    languageOptions: { parserOptions: { projectService: false, project: 'tsconfig.json' } },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: { globals: { module: 'writable', require: 'readonly', process: 'readonly', console: 'readonly' } },
  },
  ...Object.entries(walls).map(wallOf),
);
