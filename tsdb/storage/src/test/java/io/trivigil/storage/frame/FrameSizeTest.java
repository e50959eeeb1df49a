package io.trivigil.storage.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.codec.ByteWriter;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How many bytes a sample takes, by the way that its series moves, held against what noise alone
/// would need. The shapes are those of node_exporter under load.
final class FrameSizeTest {

  /// A value for a step.
  private interface Shape {
    double at(long series, long step);
  }

  /// @param share how much of a host's series move like this
  /// @param noiseBits bits a sample that no codec can save
  private record Kind(String name, double share, double noiseBits, Shape shape) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("constant", 0.36, 0, (_, _) -> 268435456000.0),
          new Kind("counter", 0.12, bits(240_000), (s, i) -> Math.floor(grown(s, i, 240_000))),
          new Kind("small counter", 0.06, bits(60), (s, i) -> Math.floor(grown(s, i, 60))),
          new Kind("seconds", 0.09, bits(40), (s, i) -> Math.floor(grown(s, i, 0.4) * 100) / 100),
          new Kind(
              "bytes",
              0.06,
              bits(3e10 * 0.1 / 4096),
              (s, i) -> 4096 * Math.floor(wander(s, i) * 3e10 / 4096)),
          new Kind(
              "slow bytes",
              0.08,
              bits(2e9 * 0.1 / 4096) / 20,
              (s, i) -> 4096 * Math.floor(wander(s, i - Math.floorMod(i + s, 20)) * 2e9 / 4096)),
          new Kind("percent", 0.04, bits(60), (s, i) -> Math.rint(wander(s, i) * 6 * 100) / 100),
          new Kind(
              "duration",
              0.02,
              bits(2.1e6),
              (s, i) -> Math.rint(0.0021 * (0.5 + unit(s, i)) * 1e9) / 1e9),
          new Kind("bucket", 0.15, bits(210), (s, i) -> Math.floor(grown(s, i, 300) * 0.7)),
          new Kind("disk time", 0, bits(400), (s, i) -> Math.floor(grown(s, i, 400)) * 0.001),
          new Kind("pressure", 0, bits(5e5), (s, i) -> Math.floor(grown(s, i, 5e5)) / 1000 / 1000),
          new Kind("sum", 0.02, 34.2, (s, i) -> grown(s, i, 300) * 0.1234567));

  private static double bits(double range) {
    return Math.log(range) / Math.log(2);
  }

  private static double grown(long series, long step, double scale) {
    double perStep = scale * (0.5 + unit(series, -1));
    return perStep * (step + Math.floorMod(mix(series), 1_000_000L) + unit(series, step));
  }

  private static double wander(long series, long step) {
    double phase = (step + (mix(series) & 1023)) % 480 / 480.0;
    return 0.5 + 0.35 * Math.sin(2 * Math.PI * phase) + 0.1 * (unit(series, step) - 0.5);
  }

  private static double unit(long series, long step) {
    return (mix(series + step * 0x9E3779B97F4A7C15L) >>> 11) * 0x1p-53;
  }

  private static long mix(long number) {
    long z = (number ^ (number >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static double bytesPerSample(Kind kind, int samples) {
    ValueEncoder encoder = new ValueEncoder();
    ByteWriter out = new ByteWriter();
    int all = 0;
    for (long series = 1; series <= 50; series++) {
      for (int from = 0; from < samples; from += Frames.SAMPLES) {
        int count = Math.min(Frames.SAMPLES, samples - from);
        long[] bits = new long[count];
        for (int i = 0; i < count; i++) {
          bits[i] = Double.doubleToRawLongBits(kind.shape().at(mix(series), from + i));
        }
        encoder.encode(bits, count, out);
        all += count;
      }
    }
    return (double) out.size() / all;
  }

  @Test
  void noiseIsNearlyAllThatIsStored() {
    double mixed = 0;
    StringBuilder table = new StringBuilder();
    for (Kind kind : KINDS) {
      double bytes = bytesPerSample(kind, 240);
      mixed += kind.share() * bytes;
      table.append(
          "%-14s %6.3f B, noise %6.3f%n".formatted(kind.name(), bytes, kind.noiseBits() / 8));
      assertThat(bytes).as(table.toString()).isLessThan(kind.noiseBits() / 8 + 0.33);
    }
    assertThat(mixed).as(table.toString()).isLessThan(0.95);
    System.getLogger("FrameSizeTest").log(System.Logger.Level.DEBUG, table + " mixed " + mixed);
  }

  /// Durations: most are near each other, some are many times as long.
  @Test
  void longTailsCostWhoHasThem() {
    ValueEncoder encoder = new ValueEncoder();
    ByteWriter out = new ByteWriter();
    int frames = 50;
    for (long series = 1; series <= frames; series++) {
      long[] bits = new long[Frames.SAMPLES];
      for (int i = 0; i < bits.length; i++) {
        double micros = 20 + 10 * unit(mix(series), i) + 0.5 / (0.002 + unit(series, -i));
        bits[i] = Double.doubleToRawLongBits(Math.rint(1000 * micros) / 1e9);
      }
      encoder.encode(bits, bits.length, out);
    }
    // 13.3 bits for what is near, 18 for the longest.
    assertThat(8.0 * out.size() / frames / Frames.SAMPLES).isLessThan(15.2);
  }

  @Test
  void jitterIsAllThatTimestampsCost() {
    long[] jittered = new long[Frames.SAMPLES];
    long[] even = new long[Frames.SAMPLES];
    for (int i = 0; i < jittered.length; i++) {
      even[i] = 1_763_700_000_000L + 15_000L * i;
      jittered[i] = even[i] + (long) (8 * unit(7, i));
    }
    ByteWriter out = new ByteWriter();
    new IntegerEncoder().encode(even, Frames.SAMPLES, out);
    assertThat(out.size()).isLessThan(14);
    out.clear();
    new IntegerEncoder().encode(jittered, Frames.SAMPLES, out);
    assertThat(out.size()).isLessThan(Frames.SAMPLES * 3 / 8 + 14);
  }

  @Test
  void rareChangesCostLittle() {
    long[] bits = new long[Frames.SAMPLES];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Double.doubleToRawLongBits(1000 + Math.floor(i / 17.0));
    }
    ByteWriter out = new ByteWriter();
    new ValueEncoder().encode(bits, bits.length, out);
    assertThat(out.size()).isLessThan(18);
    Arrays.fill(bits, bits[0]);
    out.clear();
    new ValueEncoder().encode(bits, bits.length, out);
    assertThat(out.size()).isLessThanOrEqualTo(4);
  }
}
