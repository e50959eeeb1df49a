package io.trivigil.promql;

/// Threads that may help the one that runs a query. Whoever runs queries decides how many, and when
/// they have to leave: a query comes to the same answer, to the last bit, with or without them.
public interface Helpers {
  /// Nobody helps.
  Helpers NONE =
      new Helpers() {
        @Override
        public void offer(int wanted, Runnable work) {
          // The query's own thread does it all.
        }

        @Override
        public boolean mayGoOn() {
          return false;
        }
      };

  /// Runs the work on up to `wanted` threads, as many as are free now; never on the caller's. The
  /// work ends soon after the query's own thread has nothing left to share. It does not throw.
  void offer(int wanted, Runnable work);

  /// Whether a helper may take the next piece of work, of a millisecond or so. Asked by helpers
  /// before each piece; any thread.
  boolean mayGoOn();
}
