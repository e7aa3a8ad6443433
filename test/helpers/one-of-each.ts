import { withUserActor } from '../../src/audit/actors.ts';
import { UserTip, UserVibe, UserVibeTime } from '../../src/records/contributions.ts';
import { Event } from '../../src/records/event.ts';
import { EventImage, PlaceImage } from '../../src/records/images.ts';
import { Place } from '../../src/records/place.ts';
import type { User } from '../../src/records/user.ts';

/**
 * Makes a record of every kind that pages show, which point to each other.
 *
 * @param text what all texts are that may be any text
 * @returns their ids, by the part of the admin pages' addresses
 */
export async function oneOfEach(user: User, text: string): Promise<Record<string, string>> {
  return await withUserActor(user, async () => {
    const place = await Place.create({
      name: text,
      description: text,
      url: text,
      image: text,
      sameAs: [text],
      identifier: text,
      streetAddress: text,
      addressLocality: text,
      addressRegion: text,
      postalCode: text,
      timeZone: text,
      telephone: text,
      email: text,
      openingHours: [text],
      priceRange: text,
      categories: [text],
    });
    const twin = await Place.create({
      name: `${text} too`,
      description: `${text} too`,
      telephone: `${text} too`,
    });
    const event = await Event.create({
      name: text,
      description: text,
      url: text,
      image: text,
      sameAs: [text],
      identifier: text,
      placeId: place.id,
      startDate: new Date('2027-03-01T18:00:00Z'),
      timeZone: text,
      organizer: text,
      performers: [text],
      series: text,
    });
    const placeImage = await PlaceImage.create({
      placeId: place.id,
      contentUrl: text,
      caption: text,
      creditText: text,
    });
    const eventImage = await EventImage.create({
      eventId: event.id,
      contentUrl: text,
      caption: text,
      creditText: text,
    });
    const tip = await UserTip.create({ userId: user.id, placeId: place.id, text });
    const vibe = await UserVibe.create({ userId: user.id, placeId: place.id, vibe: text.slice(0, 50) });
    const time = await UserVibeTime.create({
      userVibeId: vibe.id,
      dayOfWeek: ['Friday'],
      opens: '18:00:00',
      closes: '02:00:00',
    });
    return {
      places: place.id,
      twin: twin.id,
      events: event.id,
      'place-images': placeImage.id,
      'event-images': eventImage.id,
      'user-tips': tip.id,
      'user-vibes': vibe.id,
      'user-vibe-times': time.id,
    };
  });
}
