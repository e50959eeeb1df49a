package io.trivigil.promql.eval;

import io.trivigil.promql.ast.Expr;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// `sort`, `sort_desc`, `sort_by_label`, `sort_by_label_desc`: they matter for one step only.
final class Sorting {
  private Sorting() {}

  static Value eval(Evaluator evaluator, Expr.Call call, Grid grid) {
    Value.Block block = evaluator.vector(call.args().get(0), grid);
    if (grid.size() > 1) {
      return block;
    }
    String name = call.function().name();
    List<Column> columns = new ArrayList<>(block.columns());
    if (name.startsWith("sort_by_label")) {
      List<String> labels =
          call.args().subList(1, call.args().size()).stream().map(evaluator::text).toList();
      Comparator<Column> order = (a, b) -> compare(a, b, labels);
      columns.sort(name.endsWith("_desc") ? order.reversed() : order);
    } else {
      // Histograms have no place in the order.
      columns.removeIf(column -> !Cell.isFloat(column.cells[0]));
      boolean down = name.endsWith("_desc");
      columns.sort((a, b) -> compareValues(a.cells[0], b.cells[0], down));
    }
    return new Value.Block(block.steps(), columns);
  }

  /// Rising or falling, NaNs always last.
  static int compareValues(double a, double b, boolean down) {
    if (Double.isNaN(a) || Double.isNaN(b)) {
      return Boolean.compare(Double.isNaN(a), Double.isNaN(b));
    }
    int order = a < b ? -1 : a > b ? 1 : 0;
    return down ? -order : order;
  }

  private static int compare(Column a, Column b, List<String> labels) {
    for (String label : labels) {
      int order = natural(a.labels().get(label), b.labels().get(label));
      if (order != 0) {
        return order;
      }
    }
    return a.labels().compareTo(b.labels());
  }

  /// Runs of digits compare as numbers, everything else as text.
  static int natural(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      if (isDigit(a.charAt(i)) && isDigit(b.charAt(j))) {
        int endA = digitsEnd(a, i);
        int endB = digitsEnd(b, j);
        String x = stripZeros(a.substring(i, endA));
        String y = stripZeros(b.substring(j, endB));
        int order =
            x.length() != y.length() ? Integer.compare(x.length(), y.length()) : x.compareTo(y);
        if (order == 0) {
          order = Integer.compare(endA - i, endB - j);
        }
        if (order != 0) {
          return order;
        }
        i = endA;
        j = endB;
      } else {
        int order = Character.compare(a.charAt(i++), b.charAt(j++));
        if (order != 0) {
          return order;
        }
      }
    }
    return Integer.compare(a.length() - i, b.length() - j);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static int digitsEnd(String text, int from) {
    int i = from;
    while (i < text.length() && isDigit(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private static String stripZeros(String digits) {
    int i = 0;
    while (i < digits.length() - 1 && digits.charAt(i) == '0') {
      i++;
    }
    return digits.substring(i);
  }
}
