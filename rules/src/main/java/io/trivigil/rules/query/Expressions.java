package io.trivigil.rules.query;

import io.trivigil.promql.Querier;
import java.util.List;

/// PromQL as rules need it. Callable from any thread.
public interface Expressions {
  /// Checks an expression.
  ///
  /// @return the expression in its normal form, as the API shows it
  /// @throws IllegalArgumentException with the parser's message if it does not parse
  String check(String expr);

  /// Evaluates at one time. A scalar becomes one sample without labels, a string one sample with
  /// the text in the label `__value__`.
  ///
  /// @throws QueryFailedException if the evaluation fails
  List<VectorSample> instant(Querier querier, String expr, long atMs);

  /// An evaluation failed, with PromQL's own message.
  final class QueryFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public QueryFailedException(String message) {
      super(message);
    }
  }
}
