import type { ItemKind, PropertyValue, Thing } from './item.ts';

/**
 * An entity while it is being read, before it becomes plain data. References are resolved to the node
 * they name, so nodes form a graph that may have cycles.
 */
export interface GraphNode {
  types: string[];
  id: string | null;
  properties: Map<string, GraphValue[]>;
}

export type GraphValue = string | number | boolean | GraphNode;

/** Counts down the nodes that may still be written out for one page. */
export interface NodeBudget {
  left: number;
  /** Whether nodes had to be left out. */
  spent: boolean;
}

/** More nodes than any real page needs; a page that refers to itself many times over could ask for millions. */
export const maxNodesPerPage = 20_000;

const maxNodesPerItem = 2_000;
const maxDepth = 16;

/**
 * Writes a node out as plain data. A node inside itself or deeper than 16 levels is written as a stub of
 * `@type` and `@id`; nodes beyond 2,000 for one item, or beyond the page's budget, are left out. A property
 * with one value has that value, one with several has an array, one with none is left out.
 *
 * @param clean makes the final string of a property's text
 * @param budget is lowered by one for each node written
 */
export function toThing(
  node: GraphNode,
  clean: (property: string, text: string) => string,
  budget: NodeBudget,
): Thing {
  const path = new Set<GraphNode>();
  const lowest = budget.left - maxNodesPerItem;

  function write(current: GraphNode): Thing {
    budget.left -= 1;
    const thing: Thing = { '@type': current.types };
    if (current.id !== null) thing['@id'] = current.id;
    if (path.has(current) || path.size >= maxDepth) return thing;
    path.add(current);
    for (const [property, values] of current.properties) {
      const written: PropertyValue[] = [];
      for (const value of values) {
        if (typeof value === 'string') written.push(clean(property, value));
        else if (typeof value !== 'object') written.push(value);
        else if (budget.left > Math.max(0, lowest)) written.push(write(value));
        else budget.spent = true;
      }
      const [first] = written;
      if (first !== undefined) thing[property] = written.length === 1 ? first : written;
    }
    path.delete(current);
    return thing;
  }

  return write(node);
}

/**
 * Event and all its subtypes in schema.org's vocabulary, superseded names included. EventSeries is among
 * them: a series has a name, dates and a place of its own and is announced like an event. The subtypes of
 * UserInteraction (UserLikes, UserComments …) are left out: they count clicks and are nothing to go to.
 */
export const eventTypes: ReadonlySet<string> = names(`
  BroadcastEvent BusinessEvent ChildrensEvent ComedyEvent ConferenceEvent CourseInstance DanceEvent
  DeliveryEvent EducationEvent Event EventSeries ExhibitionEvent Festival FoodEvent Hackathon
  LiteraryEvent MusicEvent OnDemandEvent PerformingArtsEvent PublicationEvent SaleEvent ScreeningEvent
  SocialEvent SportsEvent TheaterEvent VisualArtsEvent
`);

/** Place and all its subtypes in schema.org's vocabulary: local businesses, civic structures, landforms … */
export const placeTypes: ReadonlySet<string> = names(`
  Accommodation AccountingService AdministrativeArea AdultEntertainment Airport AmusementPark
  AnimalShelter Apartment ApartmentComplex Aquarium ArchiveOrganization ArtGallery Attorney Audiology
  AutoBodyShop AutoDealer AutoPartsStore AutoRental AutoRepair AutoWash AutomatedTeller
  AutomotiveBusiness Bakery BankOrCreditUnion BarOrPub Beach BeautySalon BedAndBreakfast BikeStore
  BoatTerminal BodyOfWater BookStore BowlingAlley Brewery Bridge BuddhistTemple BusStation BusStop
  CafeOrCoffeeShop Campground CampingPitch Canal Casino CatholicChurch Cemetery ChildCare Church City
  CityHall CivicStructure ClothingStore CollegeOrUniversity ComedyClub CommunityHealth ComputerStore
  Continent ConvenienceStore Country Courthouse CovidTestingFacility Crematorium DaySpa
  DefenceEstablishment DefinedRegion Dentist DepartmentStore Dermatology DietNutrition Distillery
  DryCleaningOrLaundry EducationalOrganization Electrician ElectronicsStore ElementarySchool Embassy
  Emergency EmergencyService EmploymentAgency EntertainmentBusiness EventVenue ExerciseGym
  FastFoodRestaurant FinancialService FireStation Florist FoodEstablishment FurnitureStore GardenStore
  GasStation GatedResidenceCommunity GeneralContractor Geriatric GolfCourse GovernmentBuilding
  GovernmentOffice GroceryStore Gynecologic HVACBusiness HairSalon HardwareStore HealthAndBeautyBusiness
  HealthClub HighSchool HinduTemple HobbyShop HomeAndConstructionBusiness HomeGoodsStore Hospital Hostel
  Hotel HotelRoom House HousePainter IceCreamShop IndividualPhysician InsuranceAgency InternetCafe
  JewelryStore LakeBodyOfWater Landform LandmarksOrHistoricalBuildings LegalService LegislativeBuilding
  Library LiquorStore LocalBusiness Locksmith LodgingBusiness MedicalBusiness MedicalClinic MeetingRoom
  MensClothingStore MiddleSchool Midwifery MobilePhoneStore Mosque Motel MotorcycleDealer
  MotorcycleRepair Mountain MovieRentalStore MovieTheater MovingCompany Museum MusicStore MusicVenue
  NailSalon NightClub Notary Nursing Obstetric OceanBodyOfWater OfficeEquipmentStore Oncologic
  Ophthalmology Optician Optometric Otolaryngologic OutletStore Park ParkingFacility PawnShop Pediatric
  PerformingArtsTheater PetStore Pharmacy Physician PhysiciansOffice Physiotherapy Place PlaceOfWorship
  PlasticSurgery Playground Plumber Podiatric PoliceStation Pond PostOffice Preschool PrimaryCare
  ProfessionalService Psychiatric PublicHealth PublicSwimmingPool PublicToilet RVPark RadioStation
  RealEstateAgent RecyclingCenter Reservoir Residence Resort Restaurant RiverBodyOfWater
  RoofingContractor Room School SchoolDistrict SeaBodyOfWater SelfStorage ShoeStore ShoppingCenter
  SingleFamilyResidence SkiResort SportingGoodsStore SportsActivityLocation SportsClub StadiumOrArena
  State Store SubwayStation Suite Synagogue TattooParlor TaxiStand TelevisionStation TennisComplex
  TireShop TouristAttraction TouristDestination TouristInformationCenter ToyStore TrainStation
  TravelAgency VacationRental Volcano Waterfall WholesaleStore Winery Zoo
`);

/**
 * Says whether a schema.org entity is an event or a place, by its types.
 *
 * @param types local names without the vocabulary's address, as in `Thing['@type']`
 * @returns `event` if any type is Event-like (an event that is also typed as a place is an event),
 *   else `place` if any is Place-like, else null
 */
export function kindOfThing(types: readonly string[]): ItemKind | null {
  if (types.some((type) => eventTypes.has(type))) return 'event';
  if (types.some((type) => placeTypes.has(type))) return 'place';
  return null;
}

function names(list: string): Set<string> {
  return new Set(list.trim().split(/\s+/));
}

export interface PickedNode {
  node: GraphNode;
  kind: ItemKind;
}

/** Where an event, a place and anything else list entities that stand for themselves. */
const containers: Record<ItemKind | 'other', readonly string[]> = {
  event: ['subEvent', 'subEvents'],
  place: ['event', 'events', 'containsPlace', 'department', 'subOrganization', 'hasPart'],
  other: [
    'itemListElement',
    'item',
    'mainEntity',
    'mainEntityOfPage',
    'about',
    'mentions',
    'hasPart',
    'event',
    'events',
    'subEvent',
    'subEvents',
    'containsPlace',
    'department',
    'subOrganization',
    'dataFeedElement',
    'itemOffered',
    'performerIn',
  ],
};

const maxPickDepth = 16;

/**
 * Finds the events and places that a page tells of, in document order: the roots themselves and what they
 * contain or list, each once. A place that is only where an event happens is not among them; it stays
 * inside its event.
 *
 * @param roots the page's top-level entities
 */
export function pickItems(roots: readonly GraphNode[]): PickedNode[] {
  const picked = new Map<GraphNode, ItemKind>();
  const seen = new Set<GraphNode>();
  const contained = new Set<GraphNode>();
  const locations = new Set<GraphNode>();

  function visit(node: GraphNode, depth: number): void {
    if (seen.has(node) || depth > maxPickDepth) return;
    seen.add(node);
    const kind = kindOfThing(node.types);
    if (kind !== null) picked.set(node, kind);
    if (kind === 'event') for (const location of nodesIn(node, 'location')) locations.add(location);
    for (const property of containers[kind ?? 'other']) {
      for (const child of nodesIn(node, property)) {
        contained.add(child);
        visit(child, depth + 1);
      }
    }
  }

  for (const root of roots) visit(root, 0);

  const items: PickedNode[] = [];
  for (const [node, kind] of picked) {
    const onlyLocation =
      kind === 'place' && locations.has(node) && !contained.has(node) && !listsEvents(node);
    if (!onlyLocation) items.push({ node, kind });
  }
  return items;
}

function listsEvents(place: GraphNode): boolean {
  return place.properties.has('event') || place.properties.has('events');
}

function nodesIn(node: GraphNode, property: string): GraphNode[] {
  const values = node.properties.get(property) ?? [];
  return values.filter((value) => typeof value === 'object');
}

const vocabulary = /^(?:https?:\/\/(?:www\.)?schema\.org\/|schema:)/i;

/**
 * The local name of a schema.org type or property: "MusicEvent" for "http://schema.org/MusicEvent" and
 * "schema:MusicEvent". A name of another vocabulary is returned as it is, so that it is never taken for
 * one of schema.org's.
 */
export function schemaName(name: string): string {
  return name.trim().replace(vocabulary, '').replace(/^#/, '');
}
