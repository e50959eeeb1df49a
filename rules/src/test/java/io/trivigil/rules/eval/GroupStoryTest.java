package io.trivigil.rules.eval;

import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Labels;
import io.trivigil.model.PromDuration;
import io.trivigil.rules.RuleLab;
import io.trivigil.rules.Stories;
import io.trivigil.rules.alert.Alert;
import io.trivigil.rules.file.GroupKey;
import io.trivigil.rules.file.Rule;
import io.trivigil.rules.file.RuleGroup;
import io.trivigil.rules.query.Expressions.QueryFailedException;
import io.trivigil.rules.query.VectorSample;
import io.trivigil.rules.run.RuleState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// One alerting rule over time: what is present at each slot, the states after it, and what is
/// sent.
class GroupStoryTest {
  @TestFactory
  List<DynamicTest> stories() {
    return Stories.play("group", lines -> new Player().play(lines));
  }

  private static final class Player {
    private final RuleLab lab = new RuleLab();
    private List<String> present = List.of();

    Player() {
      lab.expressions.on("bad", _ -> answer());
    }

    private List<VectorSample> answer() {
      if (present.contains("error")) {
        throw new QueryFailedException("it broke");
      }
      return present.stream()
          .map(name -> new VectorSample(Labels.of("instance", name), 1))
          .toList();
    }

    List<String> play(List<String> lines) {
      List<String> played = new ArrayList<>();
      RuleGroup group = null;
      for (String line : lines) {
        if (line.startsWith("rule ")) {
          group = group(Stories.settings(line));
        }
        List<String> words = Stories.words(line);
        if (words.isEmpty() || line.startsWith("rule ") || group == null) {
          played.add(line);
          continue;
        }
        int bar = words.indexOf("|");
        present = words.subList(1, bar < 0 ? words.size() : bar);
        lab.sent.clear();
        long slotMs = PromDuration.parseMs(words.get(0));
        RuleState rule = lab.runRule(group, slotMs, 0);
        played.add(
            "%-5s %-6s | %-26s | %s"
                .formatted(words.get(0), String.join(" ", present), states(rule), sent(slotMs))
                .stripTrailing());
      }
      return played;
    }

    private static RuleGroup group(Map<String, String> settings) {
      Rule.Alerting rule =
          new Rule.Alerting(
              settings.getOrDefault("name", "Down"),
              "bad",
              Stories.ms(settings, "for"),
              Stories.ms(settings, "keep_firing_for"),
              new LinkedHashMap<>(),
              new LinkedHashMap<>());
      return new RuleGroup(
          new GroupKey("f", "g"), Stories.ms(settings, "interval"), 0, 0, List.of(rule));
    }

    private static String states(RuleState rule) {
      StringJoiner states = new StringJoiner(" ");
      for (Alert alert : rule.alerts()) {
        String since = PromDuration.formatMs(alert.state().activeMs());
        states.add(alert.labels().get("instance") + "=" + alert.state().shown() + "@" + since);
      }
      return rule.lastError().isEmpty() ? states.toString() : states + " err";
    }

    private String sent(long slotMs) {
      StringJoiner words = new StringJoiner(" ");
      for (AlertUpdate update : lab.sent) {
        String until =
            update.endsMs() > slotMs
                ? "+" + PromDuration.formatMs(update.endsMs() - slotMs)
                : "ended@" + PromDuration.formatMs(update.endsMs());
        words.add(update.labels().get("instance") + ":" + until);
      }
      return words.toString();
    }
  }
}
