package io.trivigil.rules.run;

import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.rules.alert.Alert;
import io.trivigil.rules.alert.AlertState;
import io.trivigil.rules.file.GroupKey;
import io.trivigil.rules.file.RuleId;
import io.trivigil.rules.run.RulesCommand.ForgetGroups;
import io.trivigil.rules.run.RulesCommand.RuleResult;
import io.trivigil.rules.run.RulesCommand.RuleRun;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// Commands and state as bytes. A list is a varint count and its elements; an optional a bool and
/// its value.
///
/// ```
/// command  u8 version = 1 | u8 kind: 1 run, 2 forget
/// run      key | zigzag slot | zigzag base | varint config | varint interval | varint missed | varint nanos
///          | list result | SampleBatch | list AlertUpdate | list transition
/// result   rule head | zigzag before | optional list alert | optional list labels
/// forget   varint config | zigzag stale | list key
/// key      string file | string name
/// section  u8 version = 1 | key | zigzag slot | varint interval, config, nanos, iterations, missed | list rule
/// rule     rule head | list alert | list labels
/// head     bool alerting | string name | list (string, string) | u8 health | string error | varint nanos
/// alert    labels | labels annotations | float64 value | state | zigzag sent
/// state    u8 kind: 1 pending, 2 firing, 3 lingering, 4 resolved | zigzag active [| zigzag fired [| zigzag since]]
/// ```
final class RulesCodec {
  static final int VERSION = 1;

  private static final int RUN = 1;
  private static final int FORGET = 2;

  private RulesCodec() {}

  static byte[] encode(RulesCommand command) {
    ByteWriter out = new ByteWriter(512).u8(VERSION);
    switch (command) {
      case RuleRun run -> {
        out.u8(RUN);
        key(out, run.group());
        out.zigzag(run.slotMs()).zigzag(run.basedOnSlotMs()).varint(run.configVersion());
        out.varint(run.intervalMs()).varint(run.missed()).varint(run.evaluationNanos());
        list(out, run.rules(), RulesCodec::result);
        run.samples().encode(out);
        list(out, run.alerts(), (to, alert) -> alert.encode(to));
        list(out, run.transitions(), RulesCodec::transition);
      }
      case ForgetGroups forget -> {
        out.u8(FORGET).varint(forget.configVersion()).zigzag(forget.staleMs());
        list(out, forget.groups(), RulesCodec::key);
      }
    }
    return out.toBytes();
  }

  static RulesCommand decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    checkVersion(in, "rules command");
    int kind = in.u8();
    RulesCommand command =
        switch (kind) {
          case RUN ->
              new RuleRun(
                  key(in),
                  in.zigzag(),
                  in.zigzag(),
                  in.varint(),
                  in.varint(),
                  in.varint(),
                  in.varint(),
                  list(in, RulesCodec::result),
                  SampleBatch.decode(in),
                  list(in, AlertUpdate::decode),
                  list(in, RulesCodec::transition));
          case FORGET -> new ForgetGroups(in.varint(), in.zigzag(), list(in, RulesCodec::key));
          default -> throw new MalformedBytesException("rules command kind: found=" + kind);
        };
    in.expectEnd();
    return command;
  }

  static byte[] section(GroupKey key, GroupState group) {
    ByteWriter out = new ByteWriter(512).u8(VERSION);
    key(out, key);
    out.zigzag(group.slotMs()).varint(group.intervalMs()).varint(group.configVersion());
    out.varint(group.evaluationNanos()).varint(group.iterations()).varint(group.missed());
    list(
        out,
        group.rules(),
        (to, rule) -> {
          head(to, rule);
          list(to, rule.alerts(), RulesCodec::alert);
          list(to, rule.outputs(), (o, labels) -> o.labels(labels));
        });
    return out.toBytes();
  }

  record Section(GroupKey key, GroupState group) {}

  static Section section(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    checkVersion(in, "rule group section");
    GroupKey key = key(in);
    GroupState group =
        new GroupState(
            in.zigzag(),
            in.varint(),
            in.varint(),
            in.varint(),
            in.varint(),
            in.varint(),
            list(
                in,
                from -> {
                  RuleState head = head(from);
                  return new RuleState(
                      head.id(),
                      head.health(),
                      head.lastError(),
                      head.evaluationNanos(),
                      list(from, RulesCodec::alert),
                      list(from, ByteReader::labels));
                }));
    in.expectEnd();
    return new Section(key, group);
  }

  private static void checkVersion(ByteReader in, String what) {
    int version = in.u8();
    if (version != VERSION) {
      throw new MalformedBytesException(
          "%s version: expected=%d found=%d".formatted(what, VERSION, version));
    }
  }

  private static void key(ByteWriter out, GroupKey key) {
    out.string(key.file()).string(key.name());
  }

  private static GroupKey key(ByteReader in) {
    return new GroupKey(in.string(), in.string());
  }

  private static void result(ByteWriter out, RuleResult result) {
    head(out, result.state());
    out.zigzag(result.before());
    out.bool(result.alerts().isPresent());
    result.alerts().ifPresent(alerts -> list(out, alerts, RulesCodec::alert));
    out.bool(result.outputs().isPresent());
    result.outputs().ifPresent(outputs -> list(out, outputs, (to, labels) -> to.labels(labels)));
  }

  private static RuleResult result(ByteReader in) {
    RuleState head = head(in);
    long before = in.zigzag();
    if (before < -1 || before > Integer.MAX_VALUE) {
      throw new MalformedBytesException("rule's former place: found=" + before);
    }
    Optional<List<Alert>> alerts =
        in.bool() ? Optional.of(list(in, RulesCodec::alert)) : Optional.empty();
    Optional<List<Labels>> outputs =
        in.bool() ? Optional.of(list(in, ByteReader::labels)) : Optional.empty();
    return new RuleResult(head, (int) before, alerts, outputs);
  }

  private static void head(ByteWriter out, RuleState rule) {
    out.bool(rule.id().alerting()).string(rule.id().name()).varint(rule.id().labels().size());
    rule.id().labels().forEach((name, value) -> out.string(name).string(value));
    out.u8(rule.health().code()).string(rule.lastError()).varint(rule.evaluationNanos());
  }

  private static RuleState head(ByteReader in) {
    boolean alerting = in.bool();
    String name = in.string();
    int count = in.count(2);
    SequencedMap<String, String> labels = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      labels.put(in.string(), in.string());
    }
    return new RuleState(
        new RuleId(alerting, name, labels),
        RuleState.Health.of(in.u8()),
        in.string(),
        in.varint(),
        List.of(),
        List.of());
  }

  private static void alert(ByteWriter out, Alert alert) {
    out.labels(alert.labels()).labels(alert.annotations()).float64(alert.value());
    switch (alert.state()) {
      case AlertState.Inactive _ ->
          throw new IllegalStateException("an inactive alert is not kept");
      case AlertState.Pending(long activeMs) -> out.u8(1).zigzag(activeMs);
      case AlertState.Firing firing -> firing(out.u8(2), firing);
      case AlertState.Lingering(AlertState.Firing firing, long quietMs) -> {
        firing(out.u8(3), firing);
        out.zigzag(quietMs);
      }
      case AlertState.Resolved(AlertState.Firing was, long resolvedMs) -> {
        firing(out.u8(4), was);
        out.zigzag(resolvedMs);
      }
    }
    out.zigzag(alert.sentMs());
  }

  private static void firing(ByteWriter out, AlertState.Firing firing) {
    out.zigzag(firing.activeMs()).zigzag(firing.firedMs());
  }

  private static Alert alert(ByteReader in) {
    Labels labels = in.labels();
    Labels annotations = in.labels();
    double value = in.float64();
    int kind = in.u8();
    AlertState state =
        switch (kind) {
          case 1 -> new AlertState.Pending(in.zigzag());
          case 2 -> firing(in);
          case 3 -> new AlertState.Lingering(firing(in), in.zigzag());
          case 4 -> new AlertState.Resolved(firing(in), in.zigzag());
          default -> throw new MalformedBytesException("alert state: found=" + kind);
        };
    return new Alert(labels, annotations, value, state, in.zigzag());
  }

  private static AlertState.Firing firing(ByteReader in) {
    return new AlertState.Firing(in.zigzag(), in.zigzag());
  }

  private static void transition(ByteWriter out, AlertTransition change) {
    out.zigzag(change.atMs()).labels(change.alert()).string(change.from()).string(change.to());
    out.float64(change.value());
  }

  private static AlertTransition transition(ByteReader in) {
    return new AlertTransition(in.zigzag(), in.labels(), in.string(), in.string(), in.float64());
  }

  private static <T> void list(ByteWriter out, List<T> list, BiConsumer<ByteWriter, T> writer) {
    out.varint(list.size());
    list.forEach(element -> writer.accept(out, element));
  }

  private static <T> List<T> list(ByteReader in, Function<ByteReader, T> reader) {
    int count = in.count(1);
    List<T> list = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      list.add(reader.apply(in));
    }
    return list;
  }
}
