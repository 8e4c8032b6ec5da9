// The tour: every promise of the demo, played for real over sockets.
import { play_identity } from './identity.mjs';
import { play_jobs } from './jobs.mjs';
import { play_operations } from './operations.mjs';
import { capture_for_later, play_expiry, play_origin } from './origin.mjs';
import { make_player } from './play.mjs';
import { play_idle, play_sleep } from './sleep.mjs';
import { begin_download, play_download, play_unnoticed } from './unnoticed.mjs';

/** @param {import('../stack.mjs').Stack} stack @param {(line: string) => void} say */
export async function play_tour(stack, say) {
  const tour = make_player(say);
  const captured = await capture_for_later(stack);
  // First, so that the minute after which a service goes back to sleep passes while the rest is played.
  await play_sleep(tour, stack);
  const download = await begin_download(stack);
  await play_unnoticed(tour, stack);
  await play_identity(tour, stack);
  await play_origin(tour, stack);
  await play_jobs(tour, stack);
  await play_expiry(tour, stack, captured);
  await play_idle(tour, stack);
  await play_download(tour, stack, download);
  await play_operations(tour, stack);
  return tour.steps();
}
