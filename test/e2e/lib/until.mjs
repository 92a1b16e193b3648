// Waiting for a condition, with a deadline and words for what didn't come.
import { setTimeout as pause } from 'node:timers/promises';

// Slow builds (sanitizers) and busy machines get more time, not other tests.
export const patience = Number(process.env.HEARTH_PATIENCE ?? 1);

// Resolves with the first truthy result of `condition`; it may be async, and what it throws counts as "not yet".
export async function until(what, condition, ms = 5000) {
  const deadline = Date.now() + ms * patience;
  let last;
  for (;;) {
    try {
      const result = await condition();
      if (result) return result;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`waited ${ms} ms in vain: ${what}`, { cause: last });
    await pause(20);
  }
}

// `promise`, or a rejection that says what didn't come.
export async function within(ms, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what}`)), ms * patience);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
