package io.trivigil.raft.sim;

/// A simulation found something that must not be. The message names the seed that replays it.
public final class SimulationFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  SimulationFailure(long seed, long atMs, String what, Throwable cause) {
    super(message(seed, atMs, what), cause);
  }

  SimulationFailure(long seed, long atMs, String what) {
    super(message(seed, atMs, what));
  }

  private static String message(long seed, long atMs, String what) {
    return "%s; replay with seed=%d (at %d ms)".formatted(what, seed, atMs);
  }
}
