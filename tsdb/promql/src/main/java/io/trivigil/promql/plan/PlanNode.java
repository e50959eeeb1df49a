package io.trivigil.promql.plan;

import io.trivigil.promql.Result;
import java.util.List;

/// One part of an expression, how it was evaluated, and what that cost.
///
/// @param kind the sort of node: `Aggregate`, `VectorSelector` …
/// @param text the part itself, as it is printed
/// @param way how it came to its value
/// @param runs how often it was evaluated
/// @param selfNanos time spent in this node and not in those below
/// @param samples samples that it read from the store
/// @param series series that it handed up, over all runs
/// @param children the parts that it is made of
public record PlanNode(
    String kind,
    String text,
    Way way,
    long runs,
    long selfNanos,
    long samples,
    long series,
    List<PlanNode> children) {

  public PlanNode {
    children = List.copyOf(children);
  }

  /// How a part comes to its value.
  public enum Way {
    /// As a whole, for all steps.
    BLOCK("block"),
    /// Series by series, none of which is kept.
    STREAM("stream"),
    /// At one step, since it is the same at all of them.
    ONCE("once"),
    /// Elsewhere in the query: its value was there already.
    SHARED("shared"),
    /// By the part around it.
    PART("part"),
    /// Not at all.
    UNUSED("unused");

    private final String text;

    Way(String text) {
      this.text = text;
    }

    /// The word in answers.
    public String text() {
      return text;
    }
  }

  /// Time spent in this node and all below.
  public long nanos() {
    long sum = selfNanos;
    for (PlanNode child : children) {
      sum += child.nanos();
    }
    return sum;
  }

  /// A query's result, and how it came about.
  public record Explained(Result result, PlanNode plan) {}
}
