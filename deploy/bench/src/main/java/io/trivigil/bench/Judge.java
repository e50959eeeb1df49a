package io.trivigil.bench;

import io.trivigil.promql.QueryException;
import io.trivigil.promql.ast.Expr;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Says why two servers answered differently: by which [Change]s between Prometheus 2.42 (left) and
/// 3.x, which Trivigil (right) follows.
///
/// Nothing is waved through for how it looks. A difference counts as explained if, for the whole
/// expression and all of its points,
/// 1. the right's answer is what our engine computes from the samples that the *left* hands out,
///    and
/// 2. the left's answer is what our engine computes from them for the expression as 2.42 read it
///    ([OldReading]), with no other changes than those named.
///
/// So the answers differ by the changes named, and by nothing else: a sample lost or doubled, a
/// wrong function, a wrong match or a wrong border on the right fails the first or the second. What
/// this can not see is a defect that makes us answer as 2.42 does; Prometheus 3.x's own scripts
/// look for that.
final class Judge {
  private final Server left;
  private final Server right;
  private final Recorded recorded;

  /// @param recorded the left's samples
  Judge(Server left, Server right, Recorded recorded) {
    this.left = left;
    this.right = right;
    this.recorded = recorded;
  }

  /// What answers queries.
  interface Server {
    /// The answer to an expression at the times of a difference.
    Answer ask(String expression, Difference times);
  }

  /// What was found.
  sealed interface Verdict {
    /// The fewest changes that explain the difference.
    record Explained(Set<Change> by) implements Verdict {
      String title() {
        return by.stream().map(change -> change.title).collect(Collectors.joining(" + "));
      }
    }

    /// A defect until somebody shows another reason.
    record Unexplained(String reason) implements Verdict {}
  }

  Verdict judge(Difference difference) {
    try {
      return compare(difference);
    } catch (QueryException | IllegalArgumentException e) {
      return new Verdict.Unexplained("can not be read as 2.42 did: " + e.getMessage());
    }
  }

  private Verdict compare(Difference difference) {
    String text = difference.expression();
    Expr expr = Recorded.parse(text);
    Set<Change> concerning = OldReading.concerning(expr);
    Answer now = right.ask(text, difference);
    Answer before = left.ask(text, difference);
    if (now.sameAs(before, text)) {
      return new Verdict.Unexplained("asked again, both answer the same");
    }
    if (concerning.contains(Change.SMOOTHING)) {
      if (!now.problem().contains("unknown function with name \"holt_winters\"")) {
        return new Verdict.Unexplained("right does not say that it does not know holt_winters");
      }
    } else if (!now.sameAs(recorded.answer(expr, difference, Recorded.LOOKBACK_MS), text)) {
      return new Verdict.Unexplained(
          "right does not answer what its engine finds in these samples");
    }
    for (Set<Change> by : subsets(concerning)) {
      if (before(expr, by, difference, before).sameAs(old(expr, by, difference), text)) {
        return new Verdict.Explained(by);
      }
    }
    return new Verdict.Unexplained("left answers something else than what 2.42 is known for");
  }

  /// The left's answer; where `atan2` is among the changes, without the names that it keeps.
  private Answer before(Expr expr, Set<Change> by, Difference difference, Answer asked) {
    return by.contains(Change.ATAN2)
        ? left.ask(
            OldReading.withoutNamesOfAtan2(expr)
                .print()
                .replace("double_exponential_smoothing(", "holt_winters("),
            difference)
        : asked;
  }

  private Answer old(Expr expr, Set<Change> by, Difference difference) {
    Recorded fresh = recorded.fresh();
    OldReading reading = new OldReading(fresh, by, difference);
    return fresh.answer(reading.read(expr, difference.times()), difference, reading.lookbackMs());
  }

  /// The smaller sets first; all with what can not be left out.
  private static List<Set<Change>> subsets(Set<Change> of) {
    List<Set<Change>> all = new ArrayList<>();
    List<Change> changes = List.copyOf(of);
    for (int bits = 1; bits < 1 << changes.size(); bits++) {
      Set<Change> some = EnumSet.noneOf(Change.class);
      for (int i = 0; i < changes.size(); i++) {
        if ((bits >> i & 1) != 0) {
          some.add(changes.get(i));
        }
      }
      if (some.contains(Change.SMOOTHING) == of.contains(Change.SMOOTHING)) {
        all.add(some);
      }
    }
    all.sort(Comparator.comparingInt(Set::size));
    return all;
  }
}
