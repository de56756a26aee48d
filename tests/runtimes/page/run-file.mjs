// @ts-check
// Runs one test file and says how each of its tests ended.

import { files } from "virtual:test-files"
import { startTests } from "@vitest/runner"

/**
 * @typedef {{ fullName: string, status: string, failureMessages: string[] }} TestResult
 * @typedef {{ name: string, status: string, message: string, assertionResults: TestResult[] }} FileResult
 */

/**
 * @param {string} path
 * @returns {Promise<FileResult>}
 */
export async function runFile(path) {
  const runner = {
    config: {
      root: "/",
      setupFiles: [],
      passWithNoTests: false,
      testNamePattern: undefined,
      allowOnly: false,
      sequence: { shuffle: false, concurrent: false, seed: 1, hooks: "stack", setupFiles: "list" },
      chaiConfig: undefined,
      maxConcurrency: 1,
      testTimeout: 60_000,
      hookTimeout: 60_000,
      retry: 0,
      includeTaskLocation: false,
      diffOptions: undefined,
      tags: [],
      tagsFilter: undefined,
      strictTags: false,
    },
    importFile: () => files[path](),
  }
  const [file] = await startTests([path], /** @type {any} */ (runner))
  const failure = file?.result?.errors?.[0]
  return {
    name: path,
    status: file?.result?.state === "fail" ? "failed" : "passed",
    message: failure === undefined ? "" : `${failure.name}: ${failure.message}\n${failure.stack}`,
    assertionResults: testsOf(file?.tasks ?? [], ""),
  }
}

/**
 * @param {readonly any[]} tasks
 * @param {string} before
 * @returns {TestResult[]}
 */
function testsOf(tasks, before) {
  return tasks.flatMap((task) => {
    const fullName = `${before}${task.name}`
    if (task.type === "suite") return testsOf(task.tasks, `${fullName} `)
    const state = task.result?.state
    const status = state === "pass" ? "passed" : state === "fail" ? "failed" : "skipped"
    const errors = task.result?.errors ?? []
    return [
      {
        fullName,
        status,
        failureMessages: errors.map((/** @type {Error} */ error) => `${error.name}: ${error.message}`),
      },
    ]
  })
}
