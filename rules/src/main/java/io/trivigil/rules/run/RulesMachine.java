package io.trivigil.rules.run;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.Staleness;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.rules.file.GroupKey;
import io.trivigil.rules.run.RulesAnswer.Accepted;
import io.trivigil.rules.run.RulesAnswer.Reason;
import io.trivigil.rules.run.RulesAnswer.Refused;
import io.trivigil.rules.run.RulesCommand.ForgetGroups;
import io.trivigil.rules.run.RulesCommand.RuleResult;
import io.trivigil.rules.run.RulesCommand.RuleRun;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// Records the runs of rule groups. Deterministic; [#apply] and [#restore] are called by one
/// thread.
///
/// Everything else may be called from any thread at any time: a group's state is immutable and
/// replaced as a whole.
public final class RulesMachine {
  private static final String PREFIX = "group/";

  private final LongSupplier configVersion;
  private final BooleanSupplier histograms;
  private final RunOutputs outputs;
  private final ConcurrentSkipListMap<GroupKey, GroupState> groups = new ConcurrentSkipListMap<>();

  /// @param configVersion the configuration version in force at the entry that is being applied
  /// @param outputs where accepted runs go
  public RulesMachine(LongSupplier configVersion, RunOutputs outputs) {
    this(configVersion, () -> true, outputs);
  }

  /// @param histograms whether samples may be native histograms at the entry that is being applied
  public RulesMachine(LongSupplier configVersion, BooleanSupplier histograms, RunOutputs outputs) {
    this.configVersion = configVersion;
    this.histograms = histograms;
    this.outputs = outputs;
  }

  /// Applies one command; bytes that are none are refused.
  public RulesAnswer apply(byte[] command) {
    RulesCommand decoded;
    try {
      decoded = RulesCodec.decode(command);
    } catch (IllegalArgumentException e) {
      // MalformedBytesException is one too.
      return new Refused(Reason.INVALID, String.valueOf(e.getMessage()));
    }
    return apply(decoded);
  }

  /// Applies one command. The command brings its own time.
  public RulesAnswer apply(RulesCommand command) {
    return switch (command) {
      case RuleRun run -> run(run);
      case ForgetGroups forget -> forget(forget);
    };
  }

  /// A command as bytes.
  public static byte[] encode(RulesCommand command) {
    return RulesCodec.encode(command);
  }

  /// The command that these bytes are.
  ///
  /// @throws MalformedBytesException if they are none
  public static RulesCommand decode(byte[] bytes) {
    return RulesCodec.decode(bytes);
  }

  private RulesAnswer run(RuleRun run) {
    if (run.samples().hasHistograms() && !histograms.getAsBoolean()) {
      return new Refused(Reason.INVALID, "native histograms are not in this feature level");
    }
    Optional<Refused> wrongConfig = checkConfig(run.configVersion());
    if (wrongConfig.isPresent()) {
      return wrongConfig.get();
    }
    GroupState before = groups.get(run.group());
    long newest = before == null ? 0 : before.slotMs();
    if (before != null && run.slotMs() <= newest) {
      return new Refused(
          Reason.NOT_NEWER,
          "run is not newer: slot_ms=%d newest_ms=%d".formatted(run.slotMs(), newest));
    }
    if (run.basedOnSlotMs() != newest) {
      return new Refused(
          Reason.OTHER_BASE,
          "run knew another one: based_on_ms=%d newest_ms=%d"
              .formatted(run.basedOnSlotMs(), newest));
    }
    List<RuleState> former = before == null ? List.of() : before.rules();
    List<RuleState> rules = new ArrayList<>(run.rules().size());
    for (RuleResult result : run.rules()) {
      if (result.before() >= former.size()) {
        return new Refused(
            Reason.INVALID, "rule came from nowhere: before=%d".formatted(result.before()));
      }
      RuleState old =
          result.before() < 0 ? RuleState.fresh(result.state().id()) : former.get(result.before());
      RuleState head = result.state();
      rules.add(
          new RuleState(
              head.id(),
              head.health(),
              head.lastError(),
              head.evaluationNanos(),
              result.alerts().orElse(old.alerts()),
              result.outputs().orElse(old.outputs())));
    }
    groups.put(
        run.group(),
        new GroupState(
            run.slotMs(),
            run.intervalMs(),
            run.configVersion(),
            run.evaluationNanos(),
            (before == null ? 0 : before.iterations()) + 1,
            (before == null ? 0 : before.missed()) + run.missed(),
            rules));
    if (run.samples().size() > 0) {
      outputs.samples(run.samples());
    }
    if (!run.alerts().isEmpty()) {
      outputs.alerts(run.alerts());
    }
    if (!run.transitions().isEmpty()) {
      outputs.transitions(run.transitions());
    }
    return new Accepted();
  }

  private RulesAnswer forget(ForgetGroups forget) {
    Optional<Refused> wrongConfig = checkConfig(forget.configVersion());
    if (wrongConfig.isPresent()) {
      return wrongConfig.get();
    }
    SampleBatch stale = new SampleBatch();
    for (GroupKey key : forget.groups()) {
      GroupState gone = groups.remove(key);
      if (gone == null) {
        continue;
      }
      long atMs = Math.max(forget.staleMs(), gone.slotMs() + 1);
      for (RuleState rule : gone.rules()) {
        for (Labels series : rule.outputs()) {
          stale.add(series, atMs, Staleness.marker());
        }
      }
    }
    if (stale.size() > 0) {
      outputs.samples(stale);
    }
    return new Accepted();
  }

  private Optional<Refused> checkConfig(long version) {
    long inForce = configVersion.getAsLong();
    return version == inForce
        ? Optional.empty()
        : Optional.of(
            new Refused(
                Reason.OTHER_CONFIG,
                "another configuration is in force: version=%d in_force=%d"
                    .formatted(version, inForce)));
  }

  /// What is known of one group, if it ever ran.
  public Optional<GroupState> group(GroupKey key) {
    return Optional.ofNullable(groups.get(key));
  }

  /// All groups that ever ran and were not forgotten. The map is a live view; its values are
  /// immutable.
  public SortedMap<GroupKey, GroupState> groups() {
    return Collections.unmodifiableSortedMap(groups);
  }

  /// The state in parts, one for each group; equal state gives equal bytes.
  public SortedMap<String, byte[]> sections() {
    SortedMap<String, byte[]> sections = new TreeMap<>();
    for (Map.Entry<GroupKey, GroupState> entry : groups.entrySet()) {
      GroupKey key = entry.getKey();
      // The length keeps ("a/b", "c") and ("a", "b/c") apart.
      String name = PREFIX + key.file().length() + "/" + key.file() + "/" + key.name();
      sections.put(name, RulesCodec.section(key, entry.getValue()));
    }
    return sections;
  }

  /// Replaces the whole state by what [#sections] gave.
  ///
  /// @throws MalformedBytesException if the bytes are no sections; the state is unchanged then
  public void restore(SortedMap<String, byte[]> sections) {
    SortedMap<GroupKey, GroupState> read = new TreeMap<>();
    for (byte[] bytes : sections.values()) {
      RulesCodec.Section section = RulesCodec.section(bytes);
      read.put(section.key(), section.group());
    }
    groups.keySet().retainAll(read.keySet());
    groups.putAll(read);
  }
}
