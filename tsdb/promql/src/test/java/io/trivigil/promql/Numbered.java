package io.trivigil.promql;

import io.trivigil.model.LabelNumbers;
import io.trivigil.model.Labelled;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Labels as numbers, as a store has them: each list of names and each text has one.
public final class Numbered {
  private final Map<List<String>, Integer> lists = new HashMap<>();
  private final Map<String, Integer> texts = new HashMap<>();

  /// How often labels were made.
  public int made;

  private final class Known implements Querier.Series {
    private final Querier.Series below;

    Known(Querier.Series below) {
      this.below = below;
    }

    @Override
    public Labels labels() {
      made++;
      return below.labels();
    }

    @Override
    public String value(int i) {
      return below.labels().value(i);
    }

    @Override
    public boolean number(LabelNumbers out) {
      Numbered.this.number(below.labels(), out);
      return true;
    }

    @Override
    public void read(long fromMs, long toMs, SampleBuffer out) {
      below.read(fromMs, toMs, out);
    }

    @Override
    public void readLast(long fromMs, long toMs, SampleBuffer out) {
      below.readLast(fromMs, toMs, out);
    }
  }

  private void number(Labels labels, LabelNumbers out) {
    List<String> names = List.copyOf(labels.toMap().keySet());
    int list = lists.computeIfAbsent(names, _ -> lists.size());
    out.begin(list, names.size(), names.indexOf(Labels.NAME));
    for (int i = 0; i < names.size(); i++) {
      out.set(i, texts.computeIfAbsent(labels.value(i), _ -> texts.size()));
    }
  }

  /// The labels by numbers.
  public Labelled of(Labels labels) {
    return of(
        new Querier.Series() {
          @Override
          public Labels labels() {
            return labels;
          }

          @Override
          public void read(long fromMs, long toMs, SampleBuffer out) {}
        });
  }

  private Querier.Series of(Querier.Series series) {
    return new Known(series);
  }

  /// The same view, with those series by numbers that are wanted so.
  public Querier of(Querier view, Predicate<Labels> wanted) {
    return new PassingQuerier(view) {
      @Override
      public List<Series> select(Hints hints, List<Matcher> matchers) {
        List<Series> all = new ArrayList<>();
        for (Series series : view.select(hints, matchers)) {
          all.add(wanted.test(series.labels()) ? of(series) : series);
        }
        return all;
      }
    };
  }
}
