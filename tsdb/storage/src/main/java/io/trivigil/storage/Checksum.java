package io.trivigil.storage;

import io.trivigil.model.Labels;
import io.trivigil.model.NativeHistogram;
import io.trivigil.model.SampleBuffer;
import io.trivigil.promql.Querier;
import java.util.List;
import java.util.function.LongConsumer;

/// A checksum over decoded content. Series are added up, so their order does not matter; within a
/// series everything does, bit for bit.
final class Checksum {
  private Checksum() {}

  static long of(StorageQuerier querier) {
    return of(querier, _ -> {});
  }

  /// @param took told after each series how many bytes of samples it had; may wait
  static long of(StorageQuerier querier, LongConsumer took) {
    long sum = mix(querier.view().lastRef(), querier.view().cutoffMs());
    SampleBuffer samples = new SampleBuffer();
    Querier.Hints all = new Querier.Hints(Long.MIN_VALUE, Long.MAX_VALUE, 0, 0, "");
    for (Querier.Series series : querier.select(all, List.of())) {
      samples.clear();
      series.read(Long.MIN_VALUE, Long.MAX_VALUE, samples);
      // Whether a series is shown of which all was deleted depends on what came after the view.
      sum += samples.isEmpty() ? 0 : of(series.labels(), samples);
      took.accept(16L * samples.size() + histogramBytes(samples));
    }
    return sum;
  }

  private static long histogramBytes(SampleBuffer samples) {
    long bytes = 0;
    for (int i = 0; samples.hasHistograms() && i < samples.size(); i++) {
      NativeHistogram histogram = samples.stored(i);
      bytes += histogram == null ? 0 : histogram.sizeBytes();
    }
    return bytes;
  }

  private static long of(Labels labels, SampleBuffer samples) {
    long hash = 0;
    for (int i = 0; i < labels.size(); i++) {
      hash = mix(mix(hash, of(labels.name(i))), of(labels.value(i)));
    }
    for (int i = 0; i < samples.size(); i++) {
      hash = mix(hash, samples.timestampMs(i));
      hash = mix(hash, Double.doubleToRawLongBits(samples.value(i)));
      NativeHistogram histogram = samples.stored(i);
      if (histogram != null) {
        hash = of(histogram.counts(), of(histogram.layout().bytes(), hash));
      }
    }
    return mix(hash, samples.size());
  }

  private static long of(byte[] bytes, long seed) {
    long hash = mix(seed, bytes.length);
    for (byte each : bytes) {
      hash = mix(hash, each);
    }
    return hash;
  }

  private static long of(String text) {
    long hash = text.length();
    for (int i = 0; i < text.length(); i++) {
      hash = mix(hash, text.charAt(i));
    }
    return hash;
  }

  private static long mix(long hash, long value) {
    long mixed = (hash ^ value) * 0x9E3779B97F4A7C15L;
    return Long.rotateLeft(mixed ^ (mixed >>> 32), 27) + 0x165667B19E3779F9L;
  }
}
