package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBuffer;
import io.trivigil.model.Staleness;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.ast.Dur;
import io.trivigil.promql.ast.Expr;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Reads series from the querier into columns and windows. The same selection is asked for once.
final class Selectors {
  /// What an instant selector's cells hold.
  enum Content {
    VALUE,
    TIMESTAMP,
    START_TIMESTAMP
  }

  private record Selection(List<Matcher> matchers, long fromMs, long toMs) {}

  private record SharedBlock(String selector, Grid grid, Content content, boolean findResets) {}

  private final Querier querier;
  private final QueryContext context;
  private final EvalOptions options;
  private final Grid query;
  private final Map<Selection, List<Querier.Series>> selections = new HashMap<>();
  private final Set<String> shared = new HashSet<>();
  private final Map<SharedBlock, Value.Block> blocks = new HashMap<>();
  private SampleBuffer buffer = new SampleBuffer();

  /// Only counts and sums of histograms are wanted: resets are then found on reading.
  boolean findResets;

  Selectors(Querier querier, QueryContext context, EvalOptions options, Grid query) {
    this.querier = querier;
    this.context = context;
    this.options = options;
    this.query = query;
  }

  /// Milliseconds of a length of time in this query.
  long millis(Dur length) {
    double step = query.size() == 1 && query.startMs() == query.endMs() ? 0 : query.stepMs() / 1e3;
    return length.millis(step, (query.endMs() - query.startMs()) / 1000.0);
  }

  /// The times that a shifted selector or subquery looks at, for each time of `grid`.
  Grid shifted(Expr.TimeShift shift, Grid grid) {
    long offset = shift.offset().map(this::millis).orElse(0L);
    Optional<Expr.At> at = shift.at();
    if (at.isEmpty()) {
      return new Grid(grid.startMs() - offset, grid.endMs() - offset, grid.stepMs());
    }
    long fixed =
        switch (at.get()) {
          case Expr.At.Time(long timeMs) -> timeMs;
          case Expr.At.Start _ -> query.startMs();
          case Expr.At.End _ -> query.endMs();
        };
    return Grid.instant(fixed - offset);
  }

  /// Finds the instant selectors that stand in the expression more than once.
  void share(Expr expr) {
    Map<String, Integer> counts = new HashMap<>();
    expr.walk(
        node -> {
          if (node instanceof Expr.VectorSelector selector) {
            counts.merge(selector.print(), 1, Integer::sum);
          }
        });
    counts.forEach(
        (text, count) -> {
          if (count > 1) {
            shared.add(text);
          }
        });
  }

  /// An instant selector's block; one that stands there twice is read once.
  Value.Block instant(Expr.VectorSelector v, Grid grid, Content content, String function) {
    String text = shared.isEmpty() ? "" : v.print();
    if (!shared.contains(text)) {
      return readInstant(v, grid, content, function);
    }
    SharedBlock key = new SharedBlock(text, grid, content, findResets);
    Value.Block known = blocks.get(key);
    if (known == null) {
      known = readInstant(v, grid, content, function);
      context.pin(known.samples());
      blocks.put(key, known);
    }
    return known;
  }

  private Value.Block readInstant(
      Expr.VectorSelector v, Grid grid, Content content, String function) {
    Grid looks = shifted(v.shift(), grid);
    long lookback = options.lookbackMs();
    long from = looks.startMs() - lookback + 1;
    boolean smoothed = v.extension() == Expr.Extension.SMOOTHED;
    long to = looks.lastMs() + (smoothed ? lookback : 0);
    Querier.Hints hints = new Querier.Hints(from, to, hintStep(grid), 0, function);
    List<Column> columns = new ArrayList<>();
    for (Querier.Series series : select(hints, v.matchers())) {
      context.check();
      buffer.clear();
      if (looks.size() == 1 && !smoothed && !findResets) {
        series.readLast(from, to, buffer);
      } else {
        series.read(from, to, buffer);
      }
      if (buffer.isEmpty()) {
        continue;
      }
      context.read(buffer.size());
      if (findResets && buffer.hasHistograms()) {
        buffer = ResetHints.found(buffer);
      }
      context.hold(looks.size());
      Column column = Column.absent(series.labels(), false, looks.size());
      if (smoothed) {
        Extended.smooth(buffer, looks, lookback, column);
      } else {
        sweep(looks, lookback, content, column);
      }
      if (!column.isEmpty()) {
        columns.add(column);
      } else {
        context.release(looks.size());
      }
    }
    context.release((long) columns.size() * looks.size());
    Value.Block block = new Value.Block(looks.size(), columns);
    return looks.size() == grid.size() ? block : block.repeated(grid.size());
  }

  /// For each step the newest sample in `(t - lookback, t]`, unless it is a stale marker.
  private void sweep(Grid looks, long lookback, Content content, Column column) {
    int at = -1;
    int steps = looks.size();
    for (int k = 0; k < steps; k++) {
      long now = looks.timeMs(k);
      while (at + 1 < buffer.size() && buffer.timestampMs(at + 1) <= now) {
        at++;
      }
      if (at < 0 || buffer.timestampMs(at) <= now - lookback) {
        continue;
      }
      FloatHistogram histogram = buffer.histogram(at);
      double value = buffer.value(at);
      if (histogram == null && Staleness.isMarker(value)) {
        continue;
      }
      switch (content) {
        case TIMESTAMP -> column.cells[k] = buffer.timestampMs(at) / 1000.0;
        case START_TIMESTAMP -> column.cells[k] = buffer.startMs(at) / 1000.0;
        case VALUE -> {
          if (histogram == null) {
            column.cells[k] = Cell.clean(value);
          } else {
            column.set(k, histogram);
          }
        }
      }
    }
  }

  private static long hintStep(Grid grid) {
    return grid.size() == 1 ? 0 : grid.stepMs();
  }

  /// Shows the samples of every series of a range selector, one after the other in one buffer.
  void ranges(
      Expr.MatrixSelector m, Grid looks, Grid grid, String function, Consumer<RangeSamples> user) {
    long range = millis(m.range());
    long lookback = m.selector().extension() == Expr.Extension.NONE ? 0 : options.lookbackMs();
    long from = looks.startMs() - range + 1 - lookback;
    long to = looks.lastMs() + (m.selector().extension() == Expr.Extension.SMOOTHED ? lookback : 0);
    Querier.Hints hints = new Querier.Hints(from, to, hintStep(grid), range, function);
    RangeSamples samples = new RangeSamples();
    for (Querier.Series series : select(hints, m.selector().matchers())) {
      context.check();
      buffer.clear();
      series.read(from, to, buffer);
      if (buffer.isEmpty()) {
        continue;
      }
      context.read(buffer.size());
      if (findResets && buffer.hasHistograms()) {
        buffer = ResetHints.found(buffer);
      }
      samples.load(series.labels(), buffer);
      context.hold(samples.size());
      user.accept(samples);
      context.release(samples.size());
    }
  }

  /// The series that pass, sorted by labels, so that equal stores give equal answers.
  List<Querier.Series> select(Querier.Hints hints, List<Matcher> matchers) {
    context.check();
    return selections.computeIfAbsent(
        new Selection(matchers, hints.fromMs(), hints.toMs()),
        key -> {
          List<Querier.Series> found = new ArrayList<>(querier.select(hints, matchers));
          found.sort(Comparator.comparing(Querier.Series::labels));
          return found;
        });
  }
}
