package io.trivigil.promql;

import io.trivigil.model.Labelled;
import io.trivigil.model.Matcher;
import io.trivigil.model.SampleBuffer;
import java.util.List;

/// One consistent view of all samples, for one query. Owned by the query; [#select], [Series#read]
/// and the label look-ups may be called from several of its threads at once.
///
/// Both ends of every range here are **inclusive** milliseconds.
public interface Querier extends AutoCloseable {

  /// The series that pass all matchers and may have samples in the range, in any order but each
  /// once.
  ///
  /// A series without samples in the range may be among them: the reader finds it empty.
  ///
  /// @param hints what the query will read; the store may use it to choose, never to leave out
  List<Series> select(Hints hints, List<Matcher> matchers);

  /// The names of all labels of the series that pass, sorted; of all series where `matchers` is
  /// empty.
  List<String> labelNames(long fromMs, long toMs, List<Matcher> matchers);

  /// The values of one label among the series that pass, sorted; of all series where `matchers` is
  /// empty.
  List<String> labelValues(String name, long fromMs, long toMs, List<Matcher> matchers);

  /// The index of the last entry that this view contains; -1 where there is no log.
  long appliedIndex();

  @Override
  void close();

  /// One series of the view. Its labels may be asked for until the view is closed.
  interface Series extends Labelled {
    /// Appends the samples of `fromMs <= t <= toMs` to `out`, oldest first, stale markers included.
    void read(long fromMs, long toMs, SampleBuffer out);

    /// As [#read], for who wants to know no more than where a counter begins, ends and falls and
    /// how many samples there are: of floats that follow each other and never fall the store may
    /// leave out all but the first and the last, and tells how many ([SampleBuffer#omitted]).
    default void readEnds(long fromMs, long toMs, SampleBuffer out) {
      read(fromMs, toMs, out);
    }

    /// The newest sample with `fromMs <= t <= toMs` appended to `out`, if there is one. A store
    /// that keeps the last sample at hand answers without decoding.
    default void readLast(long fromMs, long toMs, SampleBuffer out) {
      SampleBuffer all = new SampleBuffer();
      read(fromMs, toMs, all);
      if (!all.isEmpty()) {
        out.addFrom(all, all.size() - 1);
      }
    }
  }

  /// What a selector will read.
  ///
  /// @param fromMs the first millisecond of interest, over all steps
  /// @param toMs the last millisecond of interest, over all steps
  /// @param stepMs the step of a range query, 0 for an instant query
  /// @param rangeMs the range of a matrix selector, 0 for an instant selector
  /// @param function the function around the selector, empty if none
  record Hints(long fromMs, long toMs, long stepMs, long rangeMs, String function) {}
}
