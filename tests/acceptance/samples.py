"""Mild incidents for the acceptance tests: samples, other wordings, and unrelated texts."""

TICKET_SAMPLES = [
    "Front row seats for the concert, pay by gift card only",
    "Two passes left for tonight's show, no ID check, wire the money first",
    "Selling my concert tickets cheap, gift cards accepted, message me fast",
    "Last minute tickets for the sold out tour, send a gift card code and I mail them",
    "VIP passes half price, only bank wire in advance, no refunds",
]
TICKET_PARAPHRASES = [
    "got 2 tickets for the sold-out gig, send me gift card codes first and they are yours",
    "Concert passes for sale, cheap, you pay with gift cards in advance",
    "selling front row passes for tonight, wire transfer first, no id needed",
]
UNRELATED = [
    "The recipe needs two cups of flour and a pinch of salt.",
    "Our train to Vienna leaves at nine from platform four.",
    "The committee will meet on Thursday to discuss the new library opening hours.",
    "My cat sleeps all day and wakes me up at five in the morning.",
]
