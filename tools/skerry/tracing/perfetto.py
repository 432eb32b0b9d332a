"""A story as a file that the Perfetto UI opens (the Trace Event Format, JSON): a track for each processor with
who runs on it, and one for each thread with its calls and with whom it worked for."""

import json

PROCESSORS = 1  # process number of the processors' group; ours follow
OURS = 100


def write(file, story, khz):
    file.write('{"displayTimeUnit":"ns","traceEvents":[\n')
    first = True
    for event in events(story, khz):
        file.write(("" if first else ",\n") + json.dumps(event, separators=(",", ":")))
        first = False
    file.write("\n]}\n")


def events(story, khz):
    start = min((stretch.begin for stretch in story.stretches), default=0)

    def us(ticks):
        return round((ticks - start) / khz * 1000, 3)

    def slice_of(group, track, name, begin, end, **arguments):
        event = {"ph": "X", "pid": group, "tid": track, "name": name, "ts": us(begin),
                 "dur": round((end - begin) / khz * 1000, 3)}
        return event | ({"args": arguments} if arguments else {})

    def place(thread):
        return OURS + story.process_of.get(thread, 0), thread

    yield from names(story)
    name_of = {call.request: call.name for call in story.calls if call.linux}
    for stretch in story.stretches:
        if not stretch.thread:
            continue
        yield slice_of(PROCESSORS, stretch.processor, story.label(stretch.thread), stretch.begin, stretch.end,
                       request=stretch.request)
        client = stretch.request >> 16
        if client != stretch.thread and stretch.request in name_of:
            yield slice_of(*place(stretch.thread), f"{name_of[stretch.request]} for {story.label(client)}",
                           stretch.begin, stretch.end, request=stretch.request)
    for number, call in enumerate(story.calls):
        group, track = place(call.thread)
        yield slice_of(group, track, call.name, call.begin, call.end, request=call.request,
                       to=story.label(call.to))
        if call.to:
            to_group, to_track = place(call.to)
            arrow = {"cat": "call", "name": call.name, "id": number}
            yield arrow | {"ph": "s", "pid": group, "tid": track, "ts": us(call.begin)}
            yield arrow | {"ph": "f", "bp": "e", "pid": to_group, "tid": to_track, "ts": us(call.begin) + 0.001}
    for mark in story.marks:
        group, track = place(mark.thread)
        yield {"ph": "i", "s": "t", "pid": group, "tid": track, "name": f"mark {mark.value}", "ts": us(mark.time)}


def names(story):
    yield {"ph": "M", "name": "process_name", "pid": PROCESSORS, "args": {"name": "processors"}}
    for processor in sorted({stretch.processor for stretch in story.stretches}):
        yield {"ph": "M", "name": "thread_name", "pid": PROCESSORS, "tid": processor,
               "args": {"name": f"processor {processor}"}}
    for thread, process in story.process_of.items():
        group = OURS + process
        yield {"ph": "M", "name": "process_name", "pid": group, "args": {"name": story.process_name(thread)}}
        yield {"ph": "M", "name": "thread_name", "pid": group, "tid": thread, "args": {"name": story.label(thread)}}
