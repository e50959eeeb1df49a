package io.trivigil.promql.eval;

import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBuffer;
import io.trivigil.promql.Querier;
import io.trivigil.promql.QueryContext;
import io.trivigil.promql.ast.Dur;
import io.trivigil.promql.ast.Expr;
import io.trivigil.promql.plan.PlanNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Reads series from the querier into columns and windows. The same selection is asked for once.
final class Selectors {
  private record Selection(List<Matcher> matchers, long fromMs, long toMs) {}

  private record SharedBlock(
      String selector,
      Grid grid,
      InstantReader.Content content,
      boolean findResets,
      boolean sorted) {}

  /// What a series that was found takes until the query ends.
  private static final int SERIES_BYTES = 40;

  private final Querier querier;
  private final QueryContext context;
  private final Scan scan;
  private final SampleCounts counts;
  private final Profile profile;
  private final EvalOptions options;
  private final Grid query;
  private final Map<Selection, List<Querier.Series>> selections = new HashMap<>();
  private final Map<Selection, List<Querier.Series>> inOrder = new HashMap<>();
  private final Set<String> shared = new HashSet<>();
  private final Map<SharedBlock, Value.Block> blocks = new HashMap<>();
  private SampleBuffer buffer = new SampleBuffer();

  /// Only counts and sums of histograms are wanted: resets are then found on reading.
  boolean findResets;

  /// Series are wanted in the order of their labels.
  boolean sorted = true;

  Selectors(
      Querier querier,
      QueryContext context,
      EvalOptions options,
      Grid query,
      Notes notes,
      Profile profile,
      SampleCounts counts) {
    this.querier = querier;
    this.profile = profile;
    this.context = context;
    this.scan = new Scan(context, notes, counts);
    this.counts = counts;
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

  /// Finds the instant selectors that stand in the expression more than once. Returns whether there
  /// are any, selectors of ranges included.
  boolean share(Expr expr) {
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
    return !shared.isEmpty();
  }

  /// An instant selector's block; one that stands there twice is read once.
  Value.Block instant(
      Expr.VectorSelector v, Grid grid, InstantReader.Content content, String function) {
    String text = shared.isEmpty() ? "" : v.print();
    if (!shared.contains(text)) {
      return readInstant(v, grid, content, function);
    }
    return counts.shared(() -> shared(v, text, grid, content, function));
  }

  private Value.Block shared(
      Expr.VectorSelector v,
      String text,
      Grid grid,
      InstantReader.Content content,
      String function) {
    SharedBlock key = new SharedBlock(text, grid, content, findResets, sorted);
    Value.Block known = blocks.get(key);
    if (known == null) {
      known = readInstant(v, grid, content, function);
      context.pin(known.samples());
      context.pinBytes(known.bytes());
      blocks.put(key, known);
    } else {
      profile.note(PlanNode.Way.SHARED);
    }
    return known;
  }

  private Value.Block readInstant(
      Expr.VectorSelector v, Grid grid, InstantReader.Content content, String function) {
    List<Column> columns = new ArrayList<>();
    Leaf leaf = leaf(v, grid, content, function);
    scan.run(leaf, true, columns::add);
    Value.Block block = new Value.Block(leaf.steps(), columns);
    if (leaf.steps() == grid.size()) {
      return block;
    }
    context.holdBytes(columns.size() * Column.bytes(grid.size()));
    return block.repeated(grid.size());
  }

  /// An instant selector that is to be read now: what stands there twice is not.
  Optional<Leaf> unshared(Expr.VectorSelector v, Grid grid) {
    if (!shared.isEmpty() && shared.contains(v.print())) {
      return Optional.empty();
    }
    Leaf leaf = leaf(v, grid, InstantReader.Content.VALUE, "");
    return leaf.steps() == grid.size() ? Optional.of(leaf) : Optional.empty();
  }

  private Leaf leaf(
      Expr.VectorSelector v, Grid grid, InstantReader.Content content, String function) {
    Grid looks = shifted(v.shift(), grid);
    boolean smoothed = v.extension() == Expr.Extension.SMOOTHED;
    boolean resets = findResets;
    long lookback = options.lookbackMs();
    InstantReader first = new InstantReader(looks, lookback, smoothed, content, resets);
    Querier.Hints hints =
        new Querier.Hints(first.fromMs(), first.toMs(), hintStep(grid), 0, function);
    return new Leaf(
        select(hints, v.matchers()),
        looks.size(),
        _ -> new InstantReader(looks, lookback, smoothed, content, resets));
  }

  private static long hintStep(Grid grid) {
    return grid.size() == 1 ? 0 : grid.stepMs();
  }

  /// A range selector with the function that its series are to be put through.
  Leaf leaf(Evaluator evaluator, Expr.MatrixSelector m, RangeReader.Call call) {
    boolean resets = findResets;
    return new Leaf(
        select(m, call.ranges(), call.grid(), call.name()),
        call.grid().size(),
        notes -> new RangeReader(evaluator, call, notes, resets));
  }

  private List<Querier.Series> select(
      Expr.MatrixSelector m, Ranges ranges, Grid grid, String function) {
    Querier.Hints hints =
        new Querier.Hints(
            ranges.readFromMs(), ranges.readToMs(), hintStep(grid), millis(m.range()), function);
    return select(hints, m.selector().matchers());
  }

  /// Shows the samples of every series of a range selector, one after the other in one buffer.
  void ranges(
      Expr.MatrixSelector m,
      Ranges ranges,
      Grid grid,
      String function,
      Consumer<RangeSamples> user) {
    RangeSamples samples = new RangeSamples();
    for (Querier.Series series : select(m, ranges, grid, function)) {
      context.check();
      buffer.clear();
      series.read(ranges.readFromMs(), ranges.readToMs(), buffer);
      if (buffer.isEmpty()) {
        continue;
      }
      context.read(buffer.size());
      if (findResets && buffer.hasHistograms()) {
        buffer = ResetHints.found(buffer);
      }
      samples.load(series, buffer);
      context.hold(samples.size());
      user.accept(samples);
      context.release(samples.size());
    }
  }

  /// The series that pass. Sorted by labels where the order of series may matter to the answer;
  /// else in the store's own order, which equal stores share.
  List<Querier.Series> select(Querier.Hints hints, List<Matcher> matchers) {
    context.check();
    Selection key = new Selection(matchers, hints.fromMs(), hints.toMs());
    List<Querier.Series> found = selections.get(key);
    if (found == null) {
      found = querier.select(hints, matchers);
      context.pinBytes((long) SERIES_BYTES * found.size());
      selections.put(key, found);
    }
    List<Querier.Series> all = found;
    return sorted
        ? inOrder.computeIfAbsent(key, _ -> LabelOrder.sorted(all, series -> series))
        : found;
  }
}
