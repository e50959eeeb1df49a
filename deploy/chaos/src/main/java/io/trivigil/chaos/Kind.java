package io.trivigil.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// Everything that is done to the nodes.
enum Kind {
  KILL_LEADER("kill the leader"),
  KILL_FOLLOWER("kill a follower"),
  KILL_TWO("kill two"),
  KILL_ALL("kill all"),
  STOP_LEADER("stop the leader"),
  STOP_FOLLOWER("stop a follower"),
  PAUSE_LEADER("pause the leader"),
  PAUSE_FOLLOWER("pause a follower"),
  ISOLATE("isolate"),
  CUT_LEADER("cut the leader from its peers"),
  CUT_PAIR("cut a pair"),
  CUT_ONE_WAY("cut one way"),
  LOSS("lose packets"),
  NARROW("narrow link"),
  DISK_FULL("fill the disk"),
  CLOCK("set a clock wrong"),
  WRONG_START("start with a wrong clock"),
  RESTART_LOOP("kill while it starts"),
  WIPE("wipe a disk");

  /// How it stands in the journal and the report.
  final String text;

  Kind(String text) {
    this.text = text;
  }

  /// All that can be done here, each other kind once and as many kills of a leader as asked for,
  /// shuffled.
  static List<Kind> deck(int leaderKills, boolean links, boolean disks, Random random) {
    List<Kind> deck = new ArrayList<>(List.of(values()));
    deck.addAll(Collections.nCopies(leaderKills - 1, KILL_LEADER));
    if (!links) {
      deck.removeAll(List.of(ISOLATE, CUT_LEADER, CUT_PAIR, CUT_ONE_WAY, LOSS, NARROW));
    }
    if (!disks) {
      deck.remove(DISK_FULL);
    }
    Collections.shuffle(deck, random);
    return deck;
  }
}
