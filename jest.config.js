'use strict';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '\\.[tj]s$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } },
    ],
  },
  // Packages published as ES modules only; Jest's own loader needs them as CommonJS.
  transformIgnorePatterns: ['/node_modules/(?!(p-limit|yocto-queue|jose|commander|lru-cache)/)'],
  testTimeout: 30_000,
  // Many suites wait for processes of their own; by itself Jest leaves one core to nobody, on two cores half of them.
  maxWorkers: '100%',
};
