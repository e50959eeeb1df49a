package io.trivigil.web.remote;

import io.trivigil.model.Exemplar;
import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.SampleBatches;
import io.trivigil.model.Staleness;
import io.trivigil.model.codec.KnownTexts;
import io.trivigil.model.codec.RawHash;
import io.trivigil.scraper.state.FamilyMeta;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/// Turns one body of remote write 1.0 into a batch: snappy block format around
/// `prometheus.WriteRequest`. Thread-safe.
///
/// ```
/// WriteRequest  1 timeseries*   3 metadata*
/// TimeSeries    1 labels*  2 samples*  3 exemplars*  4 histograms* (see HistogramReader)
/// Label         1 name     2 value
/// Sample        1 value (double)       2 timestamp (int64, ms)
/// Exemplar      1 labels*  2 value (double)  3 timestamp (int64, ms)
/// Metadata      1 type     2 family    4 help     5 unit
/// ```
///
/// The fields of a series may come in any order and split, as protobuf allows. Label sets are
/// sorted; empty values are left out; a name that stands twice, a name or value that is not UTF-8,
/// and a series without a name are refused, and with them the whole request.
///
/// A series is found by the bytes of its label fields as they stand: first what followed the series
/// before it the last time, then the table of aliases. Only if neither knows it are labels built.
public final class WriteRequestParser {
  private final RemoteLimits limits;
  private final SeriesAliases aliases;
  private final PlainBuffers buffers = new PlainBuffers();
  private final SampleBatches batches = new SampleBatches();
  private final KnownTexts texts = new KnownTexts();

  public WriteRequestParser(RemoteLimits limits, SeriesAliases aliases) {
    this.limits = limits;
    this.aliases = aliases;
  }

  /// A request as it was read.
  ///
  /// @param batch the samples in the request's order; series that are known travel by reference.
  ///   The parser may have it [back][WriteRequestParser#recycle]
  /// @param fresh for the samples without a reference, in their order, what to learn them by
  /// @param found how its series were found
  /// @param beside what comes beside the samples
  /// @param leftOut native histograms that were not taken
  public record WriteRequest(
      SampleBatch batch, List<Unlearnt> fresh, Found found, Beside beside, int leftOut) {}

  /// What a request says beside its samples.
  ///
  /// @param exemplars in the request's order
  /// @param families what it says of metric families, by name; the last word of each
  public record Beside(List<Exemplar> exemplars, Map<String, FamilyMeta> families) {
    static final Beside NOTHING = new Beside(List.of(), Map.of());

    public boolean isEmpty() {
      return exemplars.isEmpty() && families.isEmpty();
    }
  }

  /// How the series of a request were found.
  ///
  /// @param predicted as the successor of the one before
  /// @param lookedUp in the table
  /// @param parsed not at all: their labels were built
  public record Found(int predicted, int lookedUp, int parsed) {}

  /// Reads one body.
  ///
  /// @param histograms whether native histograms are taken, else they are left out
  /// @throws RefusedWriteException if it is not such a request, or larger than the limits
  public WriteRequest parse(byte[] compressed, boolean histograms) throws RefusedWriteException {
    int length = plainLength(compressed);
    byte[] plain = buffers.take(length);
    try {
      int written = Snappy.uncompress(compressed, 0, compressed.length, plain, 0);
      return new Pass(plain, written, histograms).read();
    } catch (IOException e) {
      throw new RefusedWriteException("snappy: corrupt input", e);
    } finally {
      buffers.give(plain);
    }
  }

  /// Takes a batch back of which nobody needs anything any more, for requests to come.
  public void recycle(SampleBatch batch) {
    batches.give(batch);
  }

  private int plainLength(byte[] compressed) throws RefusedWriteException {
    try {
      int length = Snappy.uncompressedLength(compressed);
      if (length < 0 || length > limits.maxPlainBytes()) {
        throw new RefusedWriteException(
            "request is too large: limit_bytes=%d found_bytes=%d"
                .formatted(limits.maxPlainBytes(), length));
      }
      return length;
    } catch (IOException e) {
      throw new RefusedWriteException("snappy: corrupt input", e);
    }
  }

  /// Why a request was refused, with the series it is about: the batch may name it by reference
  /// alone, so the body is read once more.
  ///
  /// @param sample counted from 0 in the request's order; -1 if it is not about one
  ///
  /// @param histograms as in [#parse]
  public static String blame(String reason, byte[] compressed, int sample, boolean histograms)
      throws RefusedWriteException {
    if (sample < 0) {
      return reason;
    }
    SampleBatch named =
        new WriteRequestParser(RemoteLimits.DEFAULT, new SeriesAliases(1, 1))
            .parse(compressed, histograms)
            .batch();
    return sample >= named.size()
        ? reason
        : "%s: series=%s timestamp=%d"
            .formatted(reason, named.labels(sample), named.timestampMs(sample));
  }

  /// One way through one request. Belongs to one thread.
  private final class Pass {
    private final byte[] plain;
    private final ProtoReader in;
    private final LabelReader labelReader;
    private final SampleBatch batch;
    private final List<Unlearnt> fresh = new ArrayList<>();
    private final AliasTable known = aliases.table();
    private final RequestFields fields;
    private int previous = AliasTable.NONE; // of the series before, if it was known
    private int predicted;
    private int lookedUp;
    private int parsed;
    private int leftOut;
    private boolean hasExemplars; // the series that is being read
    private @Nullable BesideReader beside; // once there is something
    private final boolean takesHistograms;
    private @Nullable HistogramReader histograms; // once there is one

    Pass(byte[] plain, int length, boolean takesHistograms) {
      this.plain = plain;
      this.fields = new RequestFields(plain);
      this.takesHistograms = takesHistograms;
      this.in = new ProtoReader(plain, 0, length);
      this.labelReader = new LabelReader(plain, in, limits, texts);
      this.batch = batches.take();
    }

    WriteRequest read() throws RefusedWriteException {
      for (int field = in.next(); field != 0; field = in.next()) {
        if (field == 1 && in.wireType() == ProtoReader.BYTES) {
          int outer = in.enter();
          series();
          in.leave(outer);
        } else if (field == 3 && in.wireType() == ProtoReader.BYTES) {
          int outer = in.enter();
          beside().family();
          in.leave(outer);
        } else {
          in.skip();
        }
      }
      return new WriteRequest(
          batch,
          fresh,
          new Found(predicted, lookedUp, parsed),
          beside == null ? Beside.NOTHING : beside.read(),
          leftOut);
    }

    private BesideReader beside() {
      BesideReader reader =
          beside == null ? new BesideReader(in, labelReader, limits.maxSamples()) : beside;
      beside = reader;
      return reader;
    }

    private void series() throws RefusedWriteException {
      int from = in.position();
      int size = batch.size();
      int leftOutBefore = leftOut;
      hasExemplars = false;
      if (!knownSeries(from)) {
        batch.truncate(size);
        leftOut = leftOutBefore;
        previous = AliasTable.NONE;
        in.moveTo(from);
        parsedSeries(from);
      }
      if (hasExemplars) {
        in.moveTo(from);
        beside().exemplars();
      }
    }

    /// False if its series is not known, or more labels stand behind the ones that are.
    private boolean knownSeries(int from) throws RefusedWriteException {
      int before = previous;
      int guess = before == AliasTable.NONE ? AliasTable.NONE : known.next(before);
      int guessEnd = guess == AliasTable.NONE ? -1 : known.match(guess, fields, from, in.end());
      if (guessEnd >= 0) {
        long ref = known.ref(guess);
        in.moveTo(guessEnd);
        if (ref != SampleBatch.NO_REF && samples(ref)) {
          known.met(guess, aliases.round());
          previous = guess;
          predicted++;
          return true;
        }
        in.moveTo(from);
      }
      return lookedUp(from, before);
    }

    /// The same, of a series that did not follow the one before it the last time.
    private boolean lookedUp(int from, int before) throws RefusedWriteException {
      int to = in.position() + labelReader.leading();
      int found = known.find(fields, from, to, RawHash.of(plain, from, to));
      long ref = found == AliasTable.NONE ? SampleBatch.NO_REF : known.ref(found);
      if (ref == SampleBatch.NO_REF) {
        return false;
      }
      in.moveTo(to);
      if (!samples(ref)) {
        return false;
      }
      known.met(found, aliases.round());
      if (before != AliasTable.NONE) {
        known.follow(before, found);
      }
      previous = found;
      lookedUp++;
      return true;
    }

    /// Reads the rest of a known series; false if a label turns up.
    private boolean samples(long ref) throws RefusedWriteException {
      if (in.lastSample()) {
        requireRoom();
        batch.add(ref, in.timestampMs(), in.value());
        return true;
      }
      for (int field = in.next(); field != 0; field = in.next()) {
        if (in.wireType() != ProtoReader.BYTES) {
          in.skip();
        } else if (field == 1) {
          return false;
        } else if (field == 2) {
          sample(ref, Labels.EMPTY);
        } else {
          other(field, ref, Labels.EMPTY);
        }
      }
      return true;
    }

    /// What is neither a label nor a float.
    private void other(int field, long ref, Labels labels) throws RefusedWriteException {
      if (field == 4 && takesHistograms) {
        histogram(ref, labels);
        return;
      }
      if (field == 3) {
        hasExemplars = true; // read once it is known that the series is sound
      } else if (field == 4) {
        leftOut++; // a field of a later version is no loss
      }
      in.skip();
    }

    private void histogram(long ref, Labels labels) throws RefusedWriteException {
      requireRoom();
      HistogramReader reader = histograms == null ? new HistogramReader(in) : histograms;
      histograms = reader;
      int outer = in.enter();
      reader.read();
      in.leave(outer);
      if (reader.isStale()) { // a series ends alike, whatever it held
        add(ref, labels, reader.timestampMs(), Staleness.marker());
      } else if (ref == SampleBatch.NO_REF) {
        batch.add(labels, reader.timestampMs(), reader.histogram());
      } else {
        batch.add(ref, reader.timestampMs(), reader.histogram());
      }
    }

    private void requireRoom() throws RefusedWriteException {
      if (batch.size() >= limits.maxSamples()) {
        throw new RefusedWriteException(
            "request has too many samples: limit=%d".formatted(limits.maxSamples()));
      }
    }

    private void add(long ref, Labels labels, long timestampMs, double value) {
      if (ref == SampleBatch.NO_REF) {
        batch.add(labels, timestampMs, value);
      } else {
        batch.add(ref, timestampMs, value);
      }
    }

    private void parsedSeries(int from) throws RefusedWriteException {
      int behind = from + labelReader.leading();
      Labels labels = labelReader.labels();
      in.moveTo(behind);
      int size = batch.size();
      boolean together = behindLabels(labels);
      Unlearnt unlearnt = together ? unlearnt(from, behind) : Unlearnt.NEVER;
      for (int i = size; i < batch.size(); i++) {
        fresh.add(unlearnt);
      }
      parsed++;
    }

    /// Reads what comes behind the first labels of a series that is not known; false if more labels
    /// are among it.
    private boolean behindLabels(Labels labels) throws RefusedWriteException {
      if (in.lastSample()) {
        requireRoom();
        batch.add(labels, in.timestampMs(), in.value());
        return true;
      }
      boolean together = true;
      for (int field = in.next(); field != 0; field = in.next()) {
        if (in.wireType() != ProtoReader.BYTES) {
          in.skip();
        } else if (field == 1) {
          in.skip();
          together = false;
        } else if (field == 2) {
          sample(SampleBatch.NO_REF, labels);
        } else {
          other(field, SampleBatch.NO_REF, labels);
        }
      }
      return together;
    }

    private Unlearnt unlearnt(int from, int to) {
      return new Unlearnt(Arrays.copyOfRange(plain, from, to), RawHash.of(plain, from, to));
    }

    private void sample(long ref, Labels labels) throws RefusedWriteException {
      requireRoom();
      int outer = in.enter();
      double value = 0; // protobuf leaves out what is zero
      long timestampMs = 0;
      for (int field = in.next(); field != 0; field = in.next()) {
        if (field == 1 && in.wireType() == ProtoReader.FIXED64) {
          value = Double.longBitsToDouble(in.fixed64());
        } else if (field == 2 && in.wireType() == ProtoReader.VARINT) {
          timestampMs = in.varint();
        } else {
          in.skip();
        }
      }
      in.leave(outer);
      add(ref, labels, timestampMs, value);
    }
  }
}
