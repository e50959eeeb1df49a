package io.trivigil.storage.head;

import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;

/// How many live series each metric and each job has. Owned by the thread that applies the log.
public final class SeriesCounts {
  /// The label that says of which job a series is.
  public static final String JOB = "job";

  private final Symbols symbols;
  private final Int2IntOpenHashMap ofMetric = new Int2IntOpenHashMap();
  private final Int2IntOpenHashMap ofJob = new Int2IntOpenHashMap();

  SeriesCounts(Symbols symbols) {
    this.symbols = symbols;
  }

  /// Counts one more or one less.
  ///
  /// @param metric its symbol, [Symbols#NONE] without one
  /// @param job its symbol, [Symbols#NONE] without one
  void add(int metric, int job, int change) {
    add(ofMetric, metric, change);
    add(ofJob, job, change);
  }

  private static void add(Int2IntOpenHashMap counts, int symbol, int change) {
    // addTo tells what it was before
    if (symbol != Symbols.NONE && counts.addTo(symbol, change) + change == 0) {
      counts.remove(symbol);
    }
  }

  /// Live series of a metric; 0 if it has none.
  public int ofMetric(String metric) {
    return ofMetric.get(symbols.find(metric));
  }

  /// Live series of a job; 0 if it has none.
  public int ofJob(String job) {
    return ofJob.get(symbols.find(job));
  }
}
