package io.trivigil.web.remote;

import io.trivigil.model.Exemplar;
import io.trivigil.model.Labels;
import io.trivigil.scraper.state.FamilyMeta;
import io.trivigil.web.remote.WriteRequestParser.Beside;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads what a request says beside its samples: exemplars and metadata. Rare, so it may allocate.
/// Belongs to one thread.
final class BesideReader {
  private static final List<String> TYPES =
      List.of(
          "unknown",
          "counter",
          "gauge",
          "histogram",
          "gaugehistogram",
          "summary",
          "info",
          "stateset");

  private final ProtoReader in;
  private final LabelReader labels;
  private final int most;
  private final List<Exemplar> exemplars = new ArrayList<>();
  private final Map<String, FamilyMeta> families = new LinkedHashMap<>();

  /// @param most the most exemplars, and the most families
  BesideReader(ProtoReader in, LabelReader labels, int most) {
    this.in = in;
    this.labels = labels;
    this.most = most;
  }

  /// Reads a whole series for its exemplars; the reader stands at its end then.
  void exemplars() throws RefusedWriteException {
    int from = in.position();
    Labels series = labels.labels();
    in.moveTo(from);
    for (int field = in.next(); field != 0; field = in.next()) {
      if (field == 3 && in.wireType() == ProtoReader.BYTES) {
        int outer = in.enter();
        exemplar(series);
        in.leave(outer);
      } else {
        in.skip();
      }
    }
  }

  private void exemplar(Labels series) throws RefusedWriteException {
    if (exemplars.size() >= most) {
      throw new RefusedWriteException("request has too many exemplars: limit=%d".formatted(most));
    }
    int from = in.position();
    Labels own = labels.exemplarLabels();
    in.moveTo(from);
    double value = 0; // protobuf leaves out what is zero
    long timestampMs = 0;
    for (int field = in.next(); field != 0; field = in.next()) {
      if (field == 2 && in.wireType() == ProtoReader.FIXED64) {
        value = Double.longBitsToDouble(in.fixed64());
      } else if (field == 3 && in.wireType() == ProtoReader.VARINT) {
        timestampMs = in.varint();
      } else {
        in.skip();
      }
    }
    exemplars.add(new Exemplar(series, own, value, timestampMs));
  }

  /// Reads one message of metadata.
  void family() throws RefusedWriteException {
    long type = 0;
    String name = "";
    String help = "";
    String unit = "";
    for (int field = in.next(); field != 0; field = in.next()) {
      if (field == 1 && in.wireType() == ProtoReader.VARINT) {
        type = in.varint();
      } else if (in.wireType() != ProtoReader.BYTES) {
        in.skip();
      } else if (field == 2) {
        name = labels.text();
      } else if (field == 4) {
        help = labels.text();
      } else if (field == 5) {
        unit = labels.text();
      } else {
        in.skip();
      }
    }
    if (!name.isEmpty() && (families.size() < most || families.containsKey(name))) {
      String known = type >= 0 && type < TYPES.size() ? TYPES.get((int) type) : TYPES.getFirst();
      families.put(name, new FamilyMeta(known, help, unit));
    }
  }

  Beside read() {
    return new Beside(List.copyOf(exemplars), Map.copyOf(families));
  }
}
